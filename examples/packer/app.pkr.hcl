# An image built on one from ECR, pushed to ECR. Nothing in here is about logins: docker asks the helper.
#   packer build app.pkr.hcl

variable "base" {
  type        = string
  default     = "111122223333.dkr.ecr.us-east-1.amazonaws.com/base:1"
  description = "The image to build on: by tag, or by digest as HOST/NAME@sha256:…"
}

variable "registry" {
  type        = string
  default     = "111122223333.dkr.ecr.us-east-1.amazonaws.com"
  description = "Where the result goes. Another account or region than that of the base is fine."
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
  description = "What the provisioners see of the network: bridge, host or none."
}

source "docker" "app" {
  image  = var.base
  commit = true
  # Packer would give the container /bin/sh as its entrypoint, which the result then keeps.
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
