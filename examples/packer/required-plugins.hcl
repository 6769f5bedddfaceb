# For Packer 1.7 and newer; 1.6 refuses it, so it is not in the templates. Copy it into your own, or run
# `packer plugins install github.com/hashicorp/docker` (and .../amazon) once on the build host instead.
packer {
  required_plugins {
    docker = {
      source  = "github.com/hashicorp/docker"
      version = ">= 1.0.8"
    }
    amazon = {
      source  = "github.com/hashicorp/amazon"
      version = ">= 1.2.0"
    }
  }
}
