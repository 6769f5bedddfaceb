import org.testcontainers.images.RemoteDockerImage;
import org.testcontainers.utility.DockerImageName;

/** Pulls an image as a test that starts a container of it does. Usage: Testcontainers IMAGE */
final class Testcontainers {
  public static void main(String[] args) {
    Problem.orExit(() -> new RemoteDockerImage(DockerImageName.parse(args[0])).get());
  }
}
