import com.sun.net.httpserver.HttpServer;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;

/**
 * What a fixture's JAR does where its image can see it: it writes files, listens, and answers on the declared paths.
 * program.properties in the JAR says which; the cases that use it are in cases.json.
 */
public final class Program {
  public static void main(String[] args) throws Exception {
    Properties asked = new Properties();
    try (InputStream in = Program.class.getResourceAsStream("/program.properties")) {
      asked.load(in);
    }
    for (String name : list(asked, "writes")) {
      Path file = Path.of(name);
      if (file.getParent() != null) Files.createDirectories(file.getParent());
      Files.writeString(file, "written\n");
    }
    List<String> paths = list(asked, "paths");
    HttpServer server = HttpServer.create(new InetSocketAddress(port(asked)), 0);
    server.createContext("/", exchange -> {
      boolean known = paths.contains(exchange.getRequestURI().getPath());
      byte[] body = (known ? "well" : "unknown").getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(known ? 200 : 404, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    });
    server.start();
  }

  private static List<String> list(Properties asked, String key) {
    String value = asked.getProperty(key, "");
    return value.isEmpty() ? List.of() : List.of(value.split(" "));
  }

  private static int port(Properties asked) {
    String variable = System.getenv(asked.getProperty("variable", "SERVER_PORT"));
    return Integer.parseInt(variable == null ? asked.getProperty("port") : variable);
  }
}
