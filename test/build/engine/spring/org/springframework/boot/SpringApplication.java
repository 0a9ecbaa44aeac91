package org.springframework.boot;

import com.sun.net.httpserver.HttpServer;
import java.lang.reflect.Method;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.springframework.web.bind.annotation.GetMapping;

/** Serves the GET methods of one class and /actuator/health, on SERVER_PORT or 8080. */
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
    String port = System.getenv("SERVER_PORT");
    HttpServer server = HttpServer.create(new InetSocketAddress(port == null ? 8080 : Integer.parseInt(port)), 0);
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

  private static String answerOf(Object program, Method route) {
    try {
      return route == null ? null : String.valueOf(route.invoke(program));
    } catch (ReflectiveOperationException failure) {
      throw new IllegalStateException(failure);
    }
  }
}
