# id is the registry's id, name or URL.
import {
  to = demandflow_docker_registry.harbor
  id = "7d9f2c64-1b0e-4f5a-9a53-0c5d3f6e8b21"
}
