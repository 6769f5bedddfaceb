variable "login_server" {
  type = string
}

variable "registry" {
  type = string
}

variable "base" {
  type = string
}

variable "result" {
  type = string
}

source "docker" "base" {
  image        = "${var.registry}/${var.base}"
  commit       = true
  run_command  = ["-d", "-i", "-t", "--network=none", "--entrypoint=/bin/sh", "--", "{{.Image}}"]
  ecr_login    = true
  login_server = var.login_server
}

build {
  sources = ["source.docker.base"]

  provisioner "shell" {
    inline = ["echo provisioned > /etc/provisioned"]
  }

  post-processors {
    post-processor "docker-tag" {
      repository = "${var.registry}/${var.result}"
      tags       = ["1"]
    }
    post-processor "docker-push" {
      ecr_login    = true
      login_server = var.login_server
    }
  }
}
