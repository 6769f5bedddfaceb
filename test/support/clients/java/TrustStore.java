import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;

/** Writes a file of authorities for Java, which reads no PEM. Usage: TrustStore PEM STORE */
final class TrustStore {
  public static void main(String[] args) {
    Problem.orExit(() -> {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      try (var pem = new FileInputStream(args[0])) {
        for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
          store.setCertificateEntry(Integer.toString(store.size()), each);
        }
      }
      try (var file = new FileOutputStream(args[1])) {
        store.store(file, "changeit".toCharArray());
      }
    });
  }
}
