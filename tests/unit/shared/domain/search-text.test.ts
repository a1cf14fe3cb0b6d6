import { assert, nat, pre, property, string, stringMatching } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kanjiVariantGroups } from '#shared/domain/kanji-variants.ts';
import { foldText, matchRanges, searchWords } from '#shared/domain/search-text.ts';

const fold = (text: string) => foldText(text).text;

/** Whether a search finds a text, as the archive does it. */
function finds(text: string, query: string): boolean {
  const folded = fold(text);
  return searchWords(query).every((alternatives) => alternatives.some((word) => folded.includes(word)));
}

describe('what counts as the same', () => {
  const same: Readonly<Record<string, readonly string[]>> = {
    'half and full width': ['ヤマダ', 'ﾔﾏﾀﾞ', 'ﾔﾏﾀ'],
    'hiragana and katakana': ['やまだ', 'ヤマダ'],
    'long vowels': ['さとう', 'さとー', 'サトー', 'ｻﾄｰ', 'サトオ', 'サトウ'],
    'long vowels of e': ['せいこ', 'セーコ', 'せえこ'],
    'voiced marks, composed or not': ['ガ', 'か\u3099', 'か', 'が', 'ｶﾞ'],
    'semi-voiced marks': ['ぱ', 'は', 'ば', 'ﾊﾟ', 'は\u309a'],
    'small kana': ['ショウ', 'シヨウ', 'ｼｮｳ'],
    'old kana': ['ヰ', 'イ', 'い'],
    'ヶ and ケ': ['関ヶ原', '関ケ原', '關ヶ原'],
    髙: ['髙橋', '高橋', '高槗'],
    﨑: ['山﨑', '山崎', '山嵜'],
    邊: ['渡邊', '渡邉', '渡辺'],
    齋: ['斎藤', '斉藤', '齋藤', '齊藤'],
    'iteration mark': ['佐々木', '佐佐木'],
    'variation selector': ['葛\u{e0100}城', '葛城'],
    'character outside the basic plane': ['𠮷田', '吉田'],
    'case and full-width letters': ['Yamada', 'YAMADA', 'ＹＡＭＡＤＡ'],
    diacritics: ['Müller', 'Muller', 'mu\u0308ller'],
    'letters without decomposition': ['Łukasz Strauß', 'lukasz strauss'],
    'separators of DICOM and of people': ['YAMADA^TARO', 'Yamada Taro', 'yamada, taro', 'YAMADA=TARO'],
    dates: ['20240115', '2024-01-15', '2024/01/15'],
  };
  test.each(Object.entries(same))('%s', (_, texts) => {
    expect(new Set(texts.map(fold)).size).toBe(1);
  });

  test('different names stay different', () => {
    const names = [
      '山田',
      '山本',
      'さとう',
      'さいとう',
      'おの',
      'おおの',
      'うえの',
      'yamada',
      'yamata',
      '12345',
      '12346',
    ];
    expect(new Set(names.map(fold)).size).toBe(names.length);
  });

  test('every variant of a group folds to one character', () => {
    for (const group of kanjiVariantGroups) {
      const folded = new Set(Array.from(group).map(fold));
      expect([group, [...folded]]).toEqual([group, [[...folded][0]]]);
    }
  });
});

describe('finding', () => {
  test('words may stand in any order, and a name may be typed without its space', () => {
    expect(finds('YAMADA^TARO', 'taro yamada')).toBe(true);
    expect(finds('山田^太郎', '山田太郎')).toBe(true);
    expect(finds('YAMADA^TARO', 'taro suzuki')).toBe(false);
  });

  test('a word may start in the middle of a long vowel', () => {
    expect(finds('いのうえ', 'うえ')).toBe(true);
    expect(finds('おおうち', 'うち')).toBe(true);
    expect(finds('けいいち', 'いち')).toBe(true);
  });

  const text = stringMatching(/^(?:[ぁ-んァ-ヶー々a-zA-Zäöü亜-熙^ ]|\u3099){0,12}$/);

  test('every substring of a text finds it', () => {
    assert(
      property(text, nat(12), nat(12), (source, from, to) => {
        const part = source.slice(Math.min(from, to), Math.max(from, to));
        // A word that starts with a mark alone does not say what the mark stands on.
        pre(!/(?:^|[ ^])(?:[ー々]|\u3099)/.test(part));
        expect([source, part, finds(source, part)]).toEqual([source, part, true]);
      }),
      { numRuns: 2000 },
    );
  });

  test('typing on never finds more', () => {
    assert(
      property(text, text, text, (source, query, more) => {
        pre(finds(source, query + more));
        expect(finds(source, query)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('marking', () => {
  const marked = (source: string, query: string) =>
    matchRanges(source, query).map(({ start, end }) => source.slice(start, end));

  test('shows the characters as they were written', () => {
    expect(marked('渡邉^花子', '渡辺')).toEqual(['渡邉']);
    expect(marked('ｶﾞｯﾂ', 'がっつ')).toEqual(['ｶﾞｯﾂ']);
    expect(marked('か\u3099っつ', 'がっ')).toEqual(['か\u3099っ']);
    expect(marked('いのうえ^はなこ', 'うえ はな')).toEqual(['うえ', 'はな']);
    expect(marked('2024-01-15', '0115')).toEqual(['01-15']);
    expect(marked('CT ABDOMEN', 'mr')).toEqual([]);
  });

  test('ranges are inside the text, ordered and apart', () => {
    assert(
      property(string({ unit: 'grapheme' }), string({ unit: 'grapheme' }), (source, query) => {
        let last = -1;
        for (const { start, end } of matchRanges(source, query)) {
          expect(start).toBeGreaterThan(last);
          expect(end).toBeGreaterThan(start);
          last = end;
        }
        expect(last).toBeLessThanOrEqual(source.length);
      }),
    );
  });
});
