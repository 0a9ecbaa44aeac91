import { describe, expect, it } from 'vitest';
import { childProcesses, literalWrites } from '../../src/ecosystems/jvm/calls.ts';

const written = (text: string) => literalWrites('A.java', text).map(({ path, property }) => path ?? property);
const started = (text: string) => childProcesses('A.java', text).map(({ name }) => name);

describe('calls that write', () => {
  it.each([
    ['new FileOutputStream("out/report.pdf")', ['out/report.pdf']],
    ['Files.createDirectories(Paths.get("uploads"));', ['uploads/']],
    ['Files.write(Path.of("logs", name), bytes);', ['logs/']],
    ['new FileWriter("data/" + id + ".csv")', ['data/']],
    ['new File("cache").mkdirs(); File("x").writeText("y")', ['x']],
    ['File dir = new File("pictures");\ndir.mkdirs();', ['pictures/']],
    ['static final String ROOT = "store";\nFiles.copy(in, Paths.get(ROOT + name));', ['store/']],
    ['@Value("${upload.dir:files}")\nprivate String dir;\nnew FileOutputStream(dir + name);', ['upload.dir:files']],
    ['new FileOutputStream(target)', [undefined]],
    ['part.transferTo(targetFile)', [undefined]],
  ])('%j', (text, paths) => {
    expect(written(text)).toEqual(paths);
  });

  it.each([
    'new PrintWriter(System.out)',
    'new PrintWriter(response.getWriter())',
    'ImageIO.write(image, "png", outputStream)',
    'File temp = File.createTempFile("a", "b");',
    '// new FileOutputStream("x")',
    'buffer.writeBytes(array);',
    'in.transferTo(out);',
  ])('is none: %s', (text) => {
    expect(written(text)).toEqual([]);
  });
});

describe('programs that are started', () => {
  it.each([
    ['new ProcessBuilder("git", "log").start()', ['git']],
    ['Runtime.getRuntime().exec("ffmpeg -i a b")', ['ffmpeg']],
    ['new ProcessBuilder(List.of("convert", in, out))', ['convert']],
    ['Runtime.getRuntime().exec(new String[] {"sh", "-c", "pdftotext a - | wc -l"})', ['sh', 'pdftotext', 'wc']],
    ['new ProcessBuilder(\n  "curl", url)', ['curl']],
    ['new ProcessBuilder(command)', [undefined]],
    ['String[] cmd = {"nc", host};\nnew ProcessBuilder(cmd)', ['nc']],
    ['statement.exec("select")', []],
  ])('%j', (text, names) => {
    expect(started(text)).toEqual(names);
  });
});
