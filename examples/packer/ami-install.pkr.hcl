# Like ami.pkr.hcl, but install.sh builds the helper on the instance. It is slower and needs npm's registry.
#   git archive --format=tar.gz --output=/tmp/helper.tar.gz HEAD && packer build ami-install.pkr.hcl

variable "region" {
  type    = string
  default = "us-east-1"
}

variable "registries" {
  type        = string
  default     = "111122223333.dkr.ecr.us-east-1.amazonaws.com 444455556666.dkr.ecr.us-east-1.amazonaws.com"
  description = "The registries for which instances use the helper, separated by spaces."
}

variable "checkout" {
  type        = string
  default     = "/tmp/helper.tar.gz"
  description = "An archive of this repository."
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
}

build {
  sources = ["source.amazon-ebs.host"]

  provisioner "file" {
    source      = var.checkout
    destination = "/tmp/helper.tar.gz"
  }

  # Debian 13 has Node.js 20; other systems may need it from another source. Here root runs the builds.
  provisioner "shell" {
    inline = [
      "cloud-init status --wait",
      "sudo apt-get update",
      "sudo apt-get install --yes docker.io nodejs npm",
      "mkdir /tmp/helper && tar --extract --gzip --file /tmp/helper.tar.gz --directory /tmp/helper",
      "sudo --set-home /tmp/helper/install.sh ${var.registries}",
      "sudo rm -rf /tmp/helper /tmp/helper.tar.gz",
    ]
  }
}
