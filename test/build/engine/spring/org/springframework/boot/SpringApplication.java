package org.springframework.boot;

import com.sun.net.httpserver.HttpServer;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.web.bind.annotation.GetMapping;

/**
 * Serves the GET methods of one class and /actuator/health, on SERVER_PORT, server.port or 8080, and writes
 * logging.file.name; both from application.yml.
 */
public final class SpringApplication {
  private SpringApplication() {}

  public static void run(Class<?> source, String... args) {
    try {
      serve(source.getDeclaredConstructor().newInstance());
    } catch (Exception failure) {
      throw new IllegalStateException(failure);
    }
  }

  private static void serve(Object program) throws Exception {
    Map<String, Method> routes = new HashMap<>();
    for (Method method : program.getClass().getDeclaredMethods()) {
      GetMapping mapping = method.getAnnotation(GetMapping.class);
      if (mapping == null) continue;
      method.setAccessible(true);
      routes.put(mapping.value(), method);
    }
    String settings = settings();
    String log = first("file:\\s+name:\\s*(\\S+)", settings, null);
    if (log != null) {
      Files.createDirectories(Path.of(log).toAbsolutePath().getParent());
      Files.writeString(Path.of(log), "started\n");
    }
    String port = System.getenv().getOrDefault("SERVER_PORT", first("server:\\s+port:\\s*(\\d+)", settings, "8080"));
    HttpServer server = HttpServer.create(new InetSocketAddress(Integer.parseInt(port)), 0);
    server.createContext("/", exchange -> {
      String path = exchange.getRequestURI().getPath();
      String answer = path.equals("/actuator/health") ? "{\"status\":\"UP\"}" : answerOf(program, routes.get(path));
      byte[] body = (answer == null ? "{\"status\":404}" : answer).getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(answer == null ? 404 : 200, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    });
    server.start();
  }

  private static String settings() throws Exception {
    try (InputStream in = SpringApplication.class.getResourceAsStream("/application.yml")) {
      return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String first(String pattern, String text, String otherwise) {
    Matcher found = Pattern.compile(pattern).matcher(text);
    return found.find() ? found.group(1) : otherwise;
  }

  private static String answerOf(Object program, Method route) {
    try {
      return route == null ? null : String.valueOf(route.invoke(program));
    } catch (ReflectiveOperationException failure) {
      throw new IllegalStateException(failure);
    }
  }
}
