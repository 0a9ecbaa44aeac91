import { describe, expect, it } from 'vitest';
import { sideBySide } from '../../src/report/html-diff.ts';
import { escapeHtml, html, said } from '../../src/report/html-markup.ts';
import { treePage } from '../../src/report/html-page.ts';
import { readTree } from '../../src/report/record.ts';
import { hostile } from './hostile.ts';

/** Tags of a page with their attributes' names. */
function tags(page: string): readonly string[] {
  return [...page.matchAll(/<(\/?[a-z][a-z0-9]*)((?:\s[^>]*)?)>/gi)].map(
    ([, name = '', rest = '']) => `${name} ${[...rest.matchAll(/([a-z-]+)="[^"]*"/g)].map(([, key]) => key).join(' ')}`,
  );
}

describe('a page', () => {
  const page = treePage(hostile, { index: '../"><x>.html' });

  it('holds no element but its own, no script, no address to load from', () => {
    expect(new Set(tags(page).map((tag) => tag.split(' ')[0]?.replace('/', '')))).toEqual(
      new Set(
        'html head meta title style body p a header h1 ul li main section h2 span h3 div ol b code small details summary figure figcaption table colgroup col tr td br pre footer'.split(
          ' ',
        ),
      ),
    );
    expect(tags(page).filter((tag) => / (?:src|on[a-z]+|srcset|data|action)\b/.test(tag))).toEqual([]);
    expect(page).not.toMatch(/<script|<img|<iframe|javascript:alert\(1\)"/i);
    expect([...page.matchAll(/href="([^"]*)"/g)].map(([, to]) => to)).toEqual([
      '../&quot;&gt;&lt;x&gt;.html',
      '#f1',
      '#f2',
    ]);
  });

  it('forbids everything it does not need', () => {
    expect(page).toContain(
      '<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;">',
    );
  });

  it('shows hidden characters', () => {
    expect(page).not.toMatch(/[\p{Cf}]|\p{Cc}(?<!\n)/u);
    expect(page).toContain('\\u{202e}gnp.exe\\u{200b}\\x1b[31m');
  });

  it('gives up its details before it grows too large', () => {
    const full = treePage(hostile, { index: undefined });
    const short = treePage(hostile, { index: undefined }, full.length - 1);
    expect(short).toContain('The page would be too large: details are left out.');
    expect(short).not.toContain('<figure');
    expect(treePage(hostile, { index: undefined }, 10)).not.toContain('<details');
  });

  it('shows sizes as an estimate, and only when both are known', () => {
    const size = { image: 'node:22', bytes: 400e6, source: 's', date: '2026-01-01' };
    const file = { path: 'D', outcome: 'changed', steps: [] };
    const page = (extra: object) =>
      treePage(readTree({ tool: 'dfmigrate@1.0.0', title: 't', files: [{ ...file, ...extra }] }), { index: undefined });
    expect(page({ size: { before: size, after: { ...size, image: 'node:22-slim', bytes: 80e6 } } })).toMatch(
      /compressed: -80 %[\s\S]*An estimate, not a measurement/,
    );
    expect(page({ size: { before: size } })).not.toContain('compressed');
    expect(page({})).not.toContain('estimate');
  });
});

describe('side by side', () => {
  const patch = (lines: readonly string[], header: string) =>
    `diff --git a/D b/D\n--- a/D\n+++ b/D\n${header}\n${lines.join('\n')}\n`;

  it('pairs lines, marks what differs within them and what only moved', () => {
    const markup = sideBySide(
      patch([' FROM a', '-RUN one thing', '+RUN other thing', '-USER node', ' CMD x', '+USER node'], '@@ -1,4 +1,4 @@'),
    ).markup;
    expect(markup).toContain('<td class="del">RUN o<mark>ne</mark> thing</td>');
    expect(markup).toContain('<td class="ins">RUN o<mark>ther</mark> thing</td>');
    expect(markup.match(/class="moved">USER node/g)).toHaveLength(2);
    expect(markup).toContain('<tr class="same"><td class="no">1</td><td class="">FROM a</td>');
  });

  it('takes no content for a header', () => {
    const markup = sideBySide(patch([' FROM a', '+diff --git a/x b/x', '+@@ -1 +1 @@', '--- a/x'], '@@ -1,2 +1,3 @@'));
    expect(markup.markup.match(/<figure/g)).toHaveLength(1);
    expect(markup.markup).toContain('>diff --git a/x b/x<');
    expect(markup.markup).toContain('-- a/x');
  });
});

describe('html', () => {
  it('escapes every interpolation', () => {
    expect(html`<a title="${'"<&>\''}">${1}${html`<b>${'<'}</b>`}</a>`.markup).toBe(
      '<a title="&quot;&lt;&amp;&gt;&#39;">1<b>&lt;</b></a>',
    );
    expect(escapeHtml('a\u0000b')).toBe('a\\x00b');
    expect(said('run `a<b` now').markup).toBe('run <code>a&lt;b</code> now');
  });
});
