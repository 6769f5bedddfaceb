# An image with the helper in it, for CI jobs that run docker, crane, kaniko or buildah in a container.
#   npm run build && packer build runner.pkr.hcl

variable "base" {
  type        = string
  default     = "111122223333.dkr.ecr.us-east-1.amazonaws.com/base:1"
  description = "Any Linux with glibc, of this machine's architecture."
}

variable "registry" {
  type        = string
  default     = "111122223333.dkr.ecr.us-east-1.amazonaws.com"
  description = "Where the result goes."
}

variable "registries" {
  type        = string
  default     = "111122223333.dkr.ecr.us-east-1.amazonaws.com 444455556666.dkr.ecr.us-east-1.amazonaws.com"
  description = "For which the helper answers in the result; a space between them."
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
  # Packer would give the container /bin/sh as its entrypoint, which the result then keeps.
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
