import { expect, test } from 'vitest';
import { Prediction } from '#renderer/features/microscope/view/prediction.ts';

function predictionAt(delayMs = 200) {
  const prediction = new Prediction();
  prediction.setLoopDelay(delayMs);
  prediction.show({ x: 0, y: 0 }, 0);
  return prediction;
}

test('while a velocity is commanded the picture runs ahead by exactly the delay of the loop', () => {
  const prediction = predictionAt();
  prediction.push({ x: 100, y: 0 }, 0);
  expect(prediction.place(100)?.x).toBeCloseTo(10);
  // The stage follows 200 ms later; the frame tells where it is by then.
  prediction.show({ x: 80, y: 0 }, 1000);
  expect(prediction.place(1000)?.x).toBeCloseTo(100);
});

test('once the hand has let go nothing remains of the prediction', () => {
  const prediction = predictionAt();
  prediction.push({ x: 100, y: 0 }, 0);
  prediction.push(null, 500);
  prediction.show({ x: 50, y: 0 }, 700);
  expect(prediction.place(701)?.x).toBeCloseTo(50);
});

test('a target is shown at once and kept until a frame shows it', () => {
  const prediction = predictionAt();
  prediction.aim({ x: 300, y: -50 }, 10);
  expect(prediction.place(11)).toEqual({ x: 300, y: -50 });
  prediction.show({ x: 150, y: -25 }, 300);
  expect(prediction.place(301)).toEqual({ x: 300, y: -50 });
  prediction.show({ x: 300.1, y: -50 }, 600);
  expect(prediction.place(601)).toEqual({ x: 300.1, y: -50 });
  prediction.show({ x: 299, y: -50 }, 700);
  expect(prediction.place(701)).toEqual({ x: 299, y: -50 });
});

test('a stage that does not come is not pretended to have come', () => {
  const prediction = predictionAt();
  prediction.aim({ x: 300, y: 0 }, 0);
  prediction.show({ x: 0, y: 0 }, 1000);
  expect(prediction.place(1000)?.x).toBe(300);
  prediction.show({ x: 0, y: 0 }, 1600);
  expect(prediction.place(1601)?.x).toBe(0);
});

test('what was commanded is forgotten with the link, a STOP or a refusal', () => {
  const prediction = predictionAt();
  prediction.aim({ x: 300, y: 0 }, 0);
  prediction.push({ x: 100, y: 0 }, 0);
  prediction.forget();
  expect(prediction.place(100)).toEqual({ x: 0, y: 0 });
});
