# For Packer 1.7 and newer. Packer 1.6 refuses it, so the other templates don't contain it. Copy it into your own, or
# run `packer plugins install github.com/hashicorp/docker` (and .../amazon) once on the build host.
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
