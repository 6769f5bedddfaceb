import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.PullImageResultCallback;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.AuthConfig;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.core.DockerClientConfig;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Runs the helper, and passes the login to docker-java. Usage: DockerJava pull IMAGE, DockerJava push IMAGE TARGET */
final class DockerJava {
  public static void main(String[] args) {
    Problem.orExit(() -> {
      DockerClientConfig config = DefaultDockerClientConfig.createDefaultConfigBuilder().build();
      DockerClient client = DockerClientImpl.getInstance(
          config, new ZerodepDockerHttpClient.Builder().dockerHost(config.getDockerHost()).build());
      String image = args[args.length - 1];
      Optional<AuthConfig> login = login(image.substring(0, image.indexOf('/')));
      int colon = image.lastIndexOf(':');
      String name = image.substring(0, colon);
      String tag = image.substring(colon + 1);
      if (args[0].equals("pull")) {
        var pull = client.pullImageCmd(name).withTag(tag);
        login.ifPresent(pull::withAuthConfig);
        pull.exec(new PullImageResultCallback()).awaitCompletion();
      } else {
        client.tagImageCmd(args[1], name, tag).exec();
        var push = client.pushImageCmd(name).withTag(tag);
        login.ifPresent(push::withAuthConfig);
        push.exec(new ResultCallback.Adapter<>()).awaitCompletion();
      }
    });
  }

  private static Optional<AuthConfig> login(String host) throws IOException, InterruptedException {
    Process helper = new ProcessBuilder("docker-credential-ecr", "get")
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    try (var input = helper.getOutputStream()) {
      input.write(host.getBytes(StandardCharsets.UTF_8));
    }
    byte[] answer = helper.getInputStream().readAllBytes();
    if (helper.waitFor() != 0) return Optional.empty();
    JsonNode login = new ObjectMapper().readTree(answer);
    return Optional.of(new AuthConfig()
        .withRegistryAddress(host)
        .withUsername(login.get("Username").asText())
        .withPassword(login.get("Secret").asText()));
  }
}
