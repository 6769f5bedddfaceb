class DockerCredentialEcr < Formula
  desc "Docker credential helper and login daemon for Amazon ECR"
  homepage "@URL@"
  version "@VERSION@"
  license "Apache-2.0"

  on_macos do
    on_arm do
      url "@DOWNLOADS@/docker-credential-ecr-@VERSION@-darwin-arm64.tar.xz"
      sha256 "@SHA256 darwin-arm64@"
    end
    on_intel do
      url "@DOWNLOADS@/docker-credential-ecr-@VERSION@-darwin-x64.tar.xz"
      sha256 "@SHA256 darwin-x64@"
    end
  end

  on_linux do
    on_arm do
      url "@DOWNLOADS@/docker-credential-ecr-@VERSION@-linux-arm64.tar.xz"
      sha256 "@SHA256 linux-arm64@"
    end
    on_intel do
      url "@DOWNLOADS@/docker-credential-ecr-@VERSION@-linux-x64.tar.xz"
      sha256 "@SHA256 linux-x64@"
    end
  end

  def install
    bin.install "bin/docker-credential-ecr"
    prefix.install "lib" if File.directory?("lib")
    man1.install "share/man/man1/docker-credential-ecr.1"
    bash_completion.install "share/bash-completion/completions/docker-credential-ecr"
    zsh_completion.install "share/zsh/site-functions/_docker-credential-ecr"
    fish_completion.install "share/fish/vendor_completions.d/docker-credential-ecr.fish"
    doc.install "THIRD-PARTY-LICENCES.txt"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/docker-credential-ecr version")
  end
end
