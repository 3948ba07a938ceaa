# id is the image's id, its full name, or its name and tag.
import {
  to = demandflow_docker_image.nginx
  id = "docker.io/library/nginx:1.27.3"
}
