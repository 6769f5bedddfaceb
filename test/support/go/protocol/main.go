// Reads requests as Docker's own helpers do: with the library that docker-credential-pass and the others are made of.
// Each line of stdin is a JSON array of an action and its input; each line of stdout says what the helper behind the
// library was asked for, or the error.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/docker/docker-credential-helpers/credentials"
)

type outcome struct {
	Error     string
	ServerURL string
	Username  string
	Secret    string
}

// Takes what it is given, and has everything.
type recorder struct{ outcome *outcome }

func (r recorder) Add(given *credentials.Credentials) error {
	*r.outcome = outcome{ServerURL: given.ServerURL, Username: given.Username, Secret: given.Secret}
	return nil
}

func (r recorder) Delete(serverURL string) error {
	r.outcome.ServerURL = serverURL
	return nil
}

func (r recorder) Get(serverURL string) (string, string, error) {
	r.outcome.ServerURL = serverURL
	return "AWS", "secret", nil
}

func (recorder) List() (map[string]string, error) { return nil, nil }

func main() {
	lines := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := json.NewEncoder(os.Stdout)
	for {
		line, err := lines.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return
		}
		var request [2]string
		if err := json.Unmarshal([]byte(line), &request); err != nil {
			panic(err)
		}
		var found outcome
		err = credentials.HandleCommand(recorder{&found}, request[0], strings.NewReader(request[1]), io.Discard)
		if err != nil {
			found = outcome{Error: err.Error()}
		}
		if err := out.Encode(found); err != nil {
			panic(err)
		}
	}
}
