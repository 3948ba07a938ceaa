# subscription_id is optional. If set, it must be the subscription of the provider's token.
import {
  to = demandflow_docker_image.nginx
  identity = {
    id              = "3e0d6a1c-58f7-4c0b-8f0e-6a4b1d2c9e57"
    subscription_id = "00000000-0000-4000-8000-0000000000df"
  }
}
