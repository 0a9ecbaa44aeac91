package org.gradle.wrapper;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/**
 * Does what the fixtures ask of a Gradle wrapper: every task wants the build files of all projects, `bootJar`, `jar` and
 * `build` compile the sources of one project and of those it names, and pack them. The classes of Spring Boot's stand-in lie in this JAR and go into a Boot JAR.
 */
public final class GradleWrapperMain {
  private static final Path CLASSES = Path.of("build/classes/java/main");

  public static void main(String[] args) throws Exception {
    if (!Files.exists(Path.of("gradle/wrapper/gradle-wrapper.properties"))) throw new IOException("no wrapper properties");
    String settings = textOf(Stream.of("settings.gradle.kts", "settings.gradle", ""));
    for (String project : included(settings)) textOf(buildFilesOf(Path.of(project)));
    String task = Stream.of(args).filter(each -> !each.startsWith("-") && !each.equals("test")).findFirst().orElseThrow();
    Path project = Path.of(task.startsWith(":") ? task.substring(1, task.lastIndexOf(':')).replace(':', '/') : "");
    String build = textOf(buildFilesOf(project));
    if (task.endsWith("dependencies")) return;
    List<Path> sources = new ArrayList<>(filesBelow(project.resolve("src/main/java")));
    Matcher needed = Pattern.compile("project\\([\"']:([^\"']+)[\"']\\)").matcher(build);
    while (needed.find()) sources.addAll(filesBelow(Path.of(needed.group(1).replace(':', '/'), "src/main/java")));
    compile(sources);
    pack(project, project.resolve("build/libs").resolve(archiveOf(project, settings, build)), build.contains("org.springframework.boot"));
  }

  private static List<String> included(String settings) {
    List<String> projects = new ArrayList<>();
    Matcher lines = Pattern.compile("(?m)^include.*$").matcher(settings);
    while (lines.find()) {
      Matcher names = Pattern.compile("[\"']:?([^\"']+)[\"']").matcher(lines.group());
      while (names.find()) projects.add(names.group(1).replace(':', '/'));
    }
    return projects;
  }

  private static Stream<String> buildFilesOf(Path project) {
    return Stream.of("build.gradle.kts", "build.gradle").map(name -> project.resolve(name).toString());
  }

  private static String archiveOf(Path project, String settings, String build) {
    String own = first("archiveFileName\\s*=\\s*[\"'](\\S+)[\"']", build);
    if (own != null) return own;
    String root = first("rootProject\\.name\\s*=\\s*[\"'](\\S+)[\"']", settings);
    String folder = project.toAbsolutePath().getFileName().toString();
    String version = first("(?m)^version\\s*=\\s*[\"'](\\S+)[\"']", build);
    return (project.toString().isEmpty() && root != null ? root : folder) + (version == null ? "" : "-" + version) + ".jar";
  }

  private static String textOf(Stream<String> names) throws IOException {
    for (String name : names.toList()) {
      if (name.isEmpty()) return "";
      if (Files.exists(Path.of(name))) return Files.readString(Path.of(name));
    }
    throw new IOException("no build file here");
  }

  private static String first(String pattern, String text) {
    Matcher found = Pattern.compile(pattern).matcher(text);
    return found.find() ? found.group(1) : null;
  }

  private static List<Path> filesBelow(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) return List.of();
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static void compile(List<Path> sources) throws IOException {
    Files.createDirectories(CLASSES);
    List<String> options = new ArrayList<>(List.of("-d", CLASSES.toString(), "-cp", own().toString()));
    for (Path source : sources) options.add(source.toString());
    int code = ToolProvider.getSystemJavaCompiler().run(null, null, null, options.toArray(String[]::new));
    if (code != 0) System.exit(code);
  }

  private static Path own() {
    return Path.of(GradleWrapperMain.class.getProtectionDomain().getCodeSource().getLocation().getPath());
  }

  private static void pack(Path project, Path jar, boolean boot) throws Exception {
    Files.createDirectories(jar.getParent());
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, mainClass(project.resolve("src/main/java")));
    try (OutputStream file = Files.newOutputStream(jar); JarOutputStream out = new JarOutputStream(file, manifest)) {
      for (Path root : List.of(CLASSES, project.resolve("src/main/resources")))
        for (Path each : filesBelow(root)) add(out, root.relativize(each).toString(), Files.readAllBytes(each));
      if (boot) addSpring(out);
    }
  }

  private static String mainClass(Path sources) throws IOException {
    for (Path source : filesBelow(sources))
      if (Files.readString(source).contains("static void main("))
        return sources.relativize(source).toString().replace(".java", "").replace('/', '.');
    throw new IOException("no class has a main method");
  }

  private static void addSpring(JarOutputStream out) throws IOException {
    try (var self = new java.util.jar.JarFile(own().toFile())) {
      for (JarEntry entry : self.stream().filter(each -> each.getName().startsWith("org/springframework/")).toList())
        if (!entry.isDirectory()) add(out, entry.getName(), self.getInputStream(entry).readAllBytes());
    }
  }

  private static void add(JarOutputStream out, String name, byte[] bytes) throws IOException {
    out.putNextEntry(new JarEntry(name));
    out.write(bytes);
    out.closeEntry();
  }
}
