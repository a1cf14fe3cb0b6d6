import { expect, test } from 'vitest';
import { shownAge, shownName, shownSex } from '#renderer/i18n/patient.ts';

const name = (alphabetic: string, ideographic = '', phonetic = '') => ({ alphabetic, ideographic, phonetic });

test('kanji first, with its reading', () => {
  expect(shownName(name('Yamada^Taro', '山田^太郎', 'ヤマダ^タロウ'), 'ja')).toEqual({
    main: '山田 太郎',
    reading: 'ヤマダ タロウ',
  });
  expect(shownName(name('Yamada^Taro', '山田^太郎'), 'ja')).toEqual({
    main: '山田 太郎',
    reading: 'Yamada Taro',
  });
  expect(shownName(name('Yamada^Taro', '山田^太郎', 'ヤマダ^タロウ'), 'en')).toEqual({
    main: '山田 太郎',
    reading: 'Yamada Taro',
  });
  expect(shownName(name('DOE^JOHN^^DR'), 'ja')).toEqual({ main: 'DOE JOHN DR', reading: '' });
  expect(shownName(name('', '', 'ヤマダ'), 'ja')).toEqual({ main: 'ヤマダ', reading: '' });
  expect(shownName(name('^^'), 'ja')).toEqual({ main: '', reading: '' });
});

test('age on the day of the examination', () => {
  expect(shownAge('19630214', '20260213', 'ja')).toBe('62歳');
  expect(shownAge('19630214', '20260214', 'ja')).toBe('63歳');
  expect(shownAge('19630214', '20260214', 'en')).toBe('63 y');
  expect(shownAge('20250115', '20260214', 'ja')).toBe('12か月');
  expect(shownAge('20260202', '20260214', 'ja')).toBe('12日');
  expect(shownAge('', '20260214', 'ja')).toBe('');
  expect(shownAge('18000101', '20260214', 'ja')).toBe('');
  expect(shownAge('20270101', '20260214', 'ja')).toBe('');
});

test('sex in words, never guessed', () => {
  expect([shownSex('M', 'ja'), shownSex('F', 'en'), shownSex('', 'ja'), shownSex('X', 'ja')]).toEqual([
    '男',
    'F',
    '',
    '',
  ]);
});
