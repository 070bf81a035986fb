"""Sources on the network: CelesTrak and others, asked within their rules, and a cache of complete downloads.

| name                                    | meaning                                                              |
|-----------------------------------------|----------------------------------------------------------------------|
| `fetch`                                 | the newest copy of a named source that can be obtained                    |
| `shared_transports`                     | one transport, and one login, for several sources                    |
| `Download`, `DownloadError`             | that copy, and the error if there is none                            |
| `Cache`                                 | the copies of earlier downloads, and when a service was asked        |
| `parse_source`, `is_source_name`        | the query of a name such as "celestrak:active"                       |
| `SERVICES`, `SourceService`             | the services, to which others can be added                           |
| `Query`, `Service`, `Rules`, `Content`, | a question to a service, its limits, the content of its answer, the  |
| `Response`, `Transport`                 | answer, and the function that asks                                   |
| `TransportError`                        | raised by a transport when no whole answer comes                     |
| `download`                              | fetch a query, by its rules, with a cache and a transport            |
| `read_socrates`, `parse_socrates`,      | the table of a SOCRATES list                                         |
| `is_socrates`, `SocratesTable`          |                                                                      |

`__init__.pyi` lists the names; each is loaded when it is first used.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
