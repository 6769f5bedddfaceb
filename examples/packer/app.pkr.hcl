# Builds on an image from ECR and pushes the result to ECR. It needs no login: docker calls the helper.
#   packer build app.pkr.hcl

variable "base" {
  type        = string
  default     = "111122223333.dkr.ecr.us-east-1.amazonaws.com/base:1"
  description = "The image to build on: by tag, or by digest as HOST/NAME@sha256:…"
}

variable "registry" {
  type        = string
  default     = "111122223333.dkr.ecr.us-east-1.amazonaws.com"
  description = "The registry of the result. It can be in another account or region than the base."
}

variable "name" {
  type    = string
  default = "app"
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

source "docker" "app" {
  image  = var.base
  commit = true
  # Otherwise Packer sets /bin/sh as the entrypoint of the container, and the image keeps it.
  run_command = ["-d", "-i", "-t", "--network=${var.network}", "--", "{{.Image}}", "/bin/sh"]
  changes     = ["CMD [\"cat\", \"/etc/built-by-packer\"]"]
}

build {
  sources = ["source.docker.app"]

  provisioner "shell" {
    inline = ["echo '${var.name}' > /etc/built-by-packer"]
  }

  post-processors {
    post-processor "docker-tag" {
      repository = "${var.registry}/${var.name}"
      tags       = [var.tag]
    }
    post-processor "docker-push" {}
  }
}
