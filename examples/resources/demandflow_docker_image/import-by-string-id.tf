# The id may also be the image's full name, or its name and tag.
import {
  to = demandflow_docker_image.nginx
  id = "docker.io/library/nginx:1.27.3"
}
