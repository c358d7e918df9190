import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { embeddingOf, readEmbedMessage } from '../../page/src/embed.js';

const HOST = 'https://example.org';

describe('a page in a frame', () => {
  it('may be controlled by the origin that its address names', () => {
    assert.deepEqual(embeddingOf('?board=a.json'), { isEmbedded: false, origin: undefined });
    assert.deepEqual(embeddingOf('?embed'), { isEmbedded: true, origin: undefined });
    assert.deepEqual(embeddingOf('?embed=https://example.org'), { isEmbedded: true, origin: HOST });
    assert.deepEqual(embeddingOf('?embed=http://127.0.0.1:8000').origin, 'http://127.0.0.1:8000');
    for (const wrong of ['*', 'null', 'https://example.org/page', 'example.org', 'file:///', 'javascript:1']) {
      assert.deepEqual(embeddingOf(`?embed=${wrong}`), { isEmbedded: true, origin: undefined }, wrong);
    }
  });

  it('does what that origin asks for', () => {
    const embedding = embeddingOf('?embed=https://example.org');
    for (const message of [{ uasync: 'run' }, { uasync: 'pause' }, { uasync: 'reset' }, { uasync: 'open', example: '03_button' }, { uasync: 'type', text: 'hi' }]) {
      assert.deepEqual(readEmbedMessage(message, HOST, embedding), message);
    }
  });

  it('does nothing else, and nothing for others', () => {
    const embedding = embeddingOf('?embed=https://example.org');
    for (const origin of ['https://example.com', 'http://example.org', 'https://example.org:8443', 'null', '']) {
      assert.equal(readEmbedMessage({ uasync: 'run' }, origin, embedding), undefined, origin);
    }
    assert.equal(readEmbedMessage({ uasync: 'run' }, HOST, embeddingOf('?embed')), undefined);
    assert.equal(readEmbedMessage({ uasync: 'run' }, 'undefined', embeddingOf('?embed')), undefined);
    for (const data of [null, 'run', 7, {}, { uasync: 'load' }, { uasync: 'open' }, { uasync: 'open', example: '../x' }, { uasync: 'type', text: 1 }, { uasync: 'type', text: 'x'.repeat(5000) }]) {
      assert.equal(readEmbedMessage(data, HOST, embedding), undefined);
    }
  });
});
