import { expect, test } from 'vitest';
import { roleBeside } from '#renderer/features/viewer/session/study-role.ts';

const at = (studyDate: string, studyTime = '') => ({ studyDate, studyTime });

test('only an earlier study of the same person is a prior', () => {
  expect(roleBeside(at('20261119'), at('20261118'))).toBe('prior');
  expect(roleBeside(at('20261119'), at('20261120'))).toBe('later');
  expect(roleBeside(at('20261119', '1112'), at('20261119', '141500'))).toBe('later');
  expect(roleBeside(at('20261119', '141500'), at('20261119', '1112'))).toBe('prior');
});

test('a study without a known moment is neither earlier nor later', () => {
  expect(roleBeside(at('20261119', '1112'), at('', ''))).toBe('undated');
  expect(roleBeside(at('', ''), at('20261119', '1112'))).toBe('undated');
  expect(roleBeside(at('20261119', ''), at('20261119', '1112'))).toBe('undated');
});
