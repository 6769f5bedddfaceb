# An image that contains the helper, for CI jobs that run docker, crane, kaniko or buildah in a container.
#   npm run build && packer build runner.pkr.hcl

variable "base" {
  type        = string
  default     = "111122223333.dkr.ecr.us-east-1.amazonaws.com/base:1"
  description = "Any Linux with glibc, for the architecture of this machine."
}

variable "registry" {
  type        = string
  default     = "111122223333.dkr.ecr.us-east-1.amazonaws.com"
  description = "The registry of the result."
}

variable "registries" {
  type        = string
  default     = "111122223333.dkr.ecr.us-east-1.amazonaws.com 444455556666.dkr.ecr.us-east-1.amazonaws.com"
  description = "The registries for which the image uses the helper, separated by spaces."
}

variable "tag" {
  type    = string
  default = "1"
}

variable "network" {
  type    = string
  default = "bridge"
}

source "docker" "runner" {
  image  = var.base
  commit = true
  # Otherwise Packer sets /bin/sh as the entrypoint of the container, and the image keeps it.
  run_command = ["-d", "-i", "-t", "--network=${var.network}", "--", "{{.Image}}", "/bin/sh"]
}

build {
  sources = ["source.docker.runner"]

  provisioner "file" {
    source      = "${path.root}/../../dist/docker-credential-ecr"
    destination = "/tmp/docker-credential-ecr"
  }

  provisioner "file" {
    source      = "${path.root}/files/config.yaml"
    destination = "/tmp/config.yaml"
  }

  provisioner "shell" {
    environment_vars = ["FOR_USER=root", "REGISTRIES=${var.registries}"]
    script           = "${path.root}/files/bake.sh"
  }

  post-processors {
    post-processor "docker-tag" {
      repository = "${var.registry}/runner"
      tags       = [var.tag]
    }
    post-processor "docker-push" {}
  }
}
