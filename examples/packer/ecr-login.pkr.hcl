# app.pkr.hcl with ecr_login, for templates that must keep it. It works, but is not needed.
#   packer build ecr-login.pkr.hcl

variable "registry" {
  type    = string
  default = "111122223333.dkr.ecr.us-east-1.amazonaws.com"
}

variable "login_server" {
  type        = string
  default     = "111122223333.dkr.ecr.us-east-1.amazonaws.com"
  description = "The host without https://, for which Docker 20.10 would find no entry in credHelpers."
}

variable "base" {
  type    = string
  default = "base:1"
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
  type    = string
  default = "bridge"
}

source "docker" "app" {
  image        = "${var.registry}/${var.base}"
  commit       = true
  run_command  = ["-d", "-i", "-t", "--network=${var.network}", "--", "{{.Image}}", "/bin/sh"]
  changes      = ["CMD [\"cat\", \"/etc/built-by-packer\"]"]
  ecr_login    = true
  login_server = var.login_server
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
    post-processor "docker-push" {
      ecr_login    = true
      login_server = var.login_server
    }
  }
}
