// Decodes config files as Docker and podman do. Each line of stdin is a text as a JSON string; each line of stdout says
// what became of it. The structs are those of docker/cli, cli/config/configfile/file.go and cli/config/types/authconfig.go,
// and of containers/image, pkg/docker/config/config.go.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"
)

type authConfig struct {
	Username      string `json:"username,omitempty"`
	Password      string `json:"password,omitempty"`
	Auth          string `json:"auth,omitempty"`
	Email         string `json:"email,omitempty"`
	ServerAddress string `json:"serveraddress,omitempty"`
	IdentityToken string `json:"identitytoken,omitempty"`
	RegistryToken string `json:"registrytoken,omitempty"`
}

type docker struct {
	Auths       map[string]authConfig `json:"auths"`
	CredsStore  string                `json:"credsStore"`
	CredHelpers map[string]string     `json:"credHelpers"`
}

type podman struct {
	Auths map[string]struct {
		Auth          string `json:"auth,omitempty"`
		IdentityToken string `json:"identitytoken,omitempty"`
	} `json:"auths"`
	CredHelpers map[string]string `json:"credHelpers,omitempty"`
}

type outcome struct {
	Docker      docker `json:"docker"`
	DockerReads bool   `json:"dockerReads"`
	Podman      podman `json:"podman"`
	PodmanReads bool   `json:"podmanReads"`
}

func main() {
	lines := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for {
		line, err := lines.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return
		}
		var text string
		if err := json.Unmarshal([]byte(line), &text); err != nil {
			panic(err)
		}
		var found outcome
		err = json.NewDecoder(strings.NewReader(text)).Decode(&found.Docker)
		found.DockerReads = err == nil || errors.Is(err, io.EOF)
		found.PodmanReads = json.Unmarshal([]byte(text), &found.Podman) == nil
		if err := json.NewEncoder(out).Encode(found); err != nil {
			panic(err)
		}
	}
}
