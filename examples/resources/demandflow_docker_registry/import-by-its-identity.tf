# subscription_id is optional. If set, it must be the subscription of the provider's token.
import {
  to = demandflow_docker_registry.harbor
  identity = {
    id              = "7d9f2c64-1b0e-4f5a-9a53-0c5d3f6e8b21"
    subscription_id = "00000000-0000-4000-8000-0000000000df"
  }
}
