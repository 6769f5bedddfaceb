# The first build of pipeline.sh: the base image that others build on, pushed to ECR.
#   packer build base.pkr.hcl

variable "from" {
  type        = string
  default     = "public.ecr.aws/docker/library/debian:12-slim"
  description = "Any image; the helper serves public.ecr.aws as well."
}

variable "registry" {
  type    = string
  default = "111122223333.dkr.ecr.us-east-1.amazonaws.com"
}

variable "tag" {
  type    = string
  default = "1"
}

variable "network" {
  type        = string
  default     = "bridge"
  description = "What the provisioners see of the network: bridge, host or none."
}

source "docker" "base" {
  image  = var.from
  commit = true
  # Packer would give the container /bin/sh as its entrypoint, which the result then keeps.
  run_command = ["-d", "-i", "-t", "--network=${var.network}", "--", "{{.Image}}", "/bin/sh"]
}

build {
  sources = ["source.docker.base"]

  provisioner "shell" {
    inline = ["echo ours > /etc/base"]
  }

  post-processors {
    post-processor "docker-tag" {
      repository = "${var.registry}/base"
      tags       = [var.tag]
    }
    post-processor "docker-push" {}
  }
}
