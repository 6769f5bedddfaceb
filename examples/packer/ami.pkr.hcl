# An AMI for build hosts with Docker, the helper and its daemon. It contains no keys: instances use the instance role.
#   npm run build && packer build ami.pkr.hcl

variable "region" {
  type    = string
  default = "us-east-1"
}

variable "registries" {
  type        = string
  default     = "111122223333.dkr.ecr.us-east-1.amazonaws.com 444455556666.dkr.ecr.us-east-1.amazonaws.com"
  description = "The registries for which instances use the helper, separated by spaces."
}

variable "user" {
  type        = string
  default     = "admin"
  description = "The user who runs builds on the instances. Debian's images have admin."
}

source "amazon-ebs" "host" {
  region        = var.region
  ami_name      = "build-host-{{timestamp}}"
  instance_type = "t3.small"
  ssh_username  = "admin"
  source_ami_filter {
    filters = {
      name                = "debian-13-amd64-*"
      virtualization-type = "hvm"
    }
    owners      = ["136693071363"]
    most_recent = true
  }
  # No iam_instance_profile: no token can be fetched while the image is being built.
}

build {
  sources = ["source.amazon-ebs.host"]

  provisioner "shell" {
    inline = [
      "cloud-init status --wait",
      "sudo apt-get update",
      "sudo apt-get install --yes docker.io",
      "sudo usermod --append --groups docker '${var.user}'",
    ]
  }

  provisioner "file" {
    source      = "${path.root}/../../dist/docker-credential-ecr"
    destination = "/tmp/docker-credential-ecr"
  }

  provisioner "file" {
    source      = "${path.root}/files/config.yaml"
    destination = "/tmp/config.yaml"
  }

  provisioner "shell" {
    environment_vars = ["FOR_USER=${var.user}", "REGISTRIES=${var.registries}"]
    execute_command  = "chmod +x {{.Path}}; sudo env {{.Vars}} {{.Path}}"
    script           = "${path.root}/files/bake.sh"
  }
}
