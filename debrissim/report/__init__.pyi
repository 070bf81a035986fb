from .figures.registry import figure as figure
from .output import save_figure as save_figure
from .page import write_report as write_report
from .page import write_study_report as write_study_report
from .redraw import draw_plots as draw_plots
from .redraw import save_figures as save_figures
