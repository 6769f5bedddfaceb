# The first build of pipeline.sh: a base image for other builds, pushed to ECR.
#   packer build base.pkr.hcl

variable "from" {
  type        = string
  default     = "public.ecr.aws/docker/library/debian:12-slim"
  description = "Any image; the helper also works for public.ecr.aws."
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
  description = "The network of the container in which provisioners run: bridge, host or none."
}

source "docker" "base" {
  image  = var.from
  commit = true
  # Otherwise Packer sets /bin/sh as the entrypoint of the container, and the image keeps it.
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
