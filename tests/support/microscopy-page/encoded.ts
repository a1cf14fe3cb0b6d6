import { StampReader } from '#renderer/microscopy/frame-stamp.ts';
import type { FrameStamp } from '#renderer/microscopy/frame-stamp.ts';

export interface EncodedOptions {
  readonly codec: 'video/H264' | 'video/VP8';
  readonly kilobitsPerSecond: number;
  readonly scaleDownBy: number;
  readonly forMs: number;
}

/** Sends a track from one peer to another in this page and reads the stamps of all frames that arrive. */
export async function receiveEncoded(track: MediaStreamTrack, options: EncodedOptions) {
  const [sender, receiver] = [new RTCPeerConnection(), new RTCPeerConnection()];
  sender.onicecandidate = ({ candidate }) => void receiver.addIceCandidate(candidate ?? undefined);
  receiver.onicecandidate = ({ candidate }) => void sender.addIceCandidate(candidate ?? undefined);
  const transceiver = sender.addTransceiver(track, {
    direction: 'sendonly',
    sendEncodings: [
      { maxBitrate: options.kilobitsPerSecond * 1000, scaleResolutionDownBy: options.scaleDownBy },
    ],
  });
  const codecs = RTCRtpReceiver.getCapabilities('video')?.codecs ?? [];
  const wanted = codecs.filter(({ mimeType }) => mimeType === options.codec);
  if (wanted.length === 0) throw new Error(`no ${options.codec}`);
  transceiver.setCodecPreferences(wanted);
  const arrived = new Promise<MediaStreamTrack>((resolve) => {
    receiver.ontrack = (event) => resolve(event.track);
  });
  await sender.setLocalDescription();
  if (sender.localDescription) await receiver.setRemoteDescription(sender.localDescription);
  await receiver.setLocalDescription();
  if (receiver.localDescription) await sender.setRemoteDescription(receiver.localDescription);

  const video = document.createElement('video');
  video.muted = true;
  video.srcObject = new MediaStream([await arrived]);
  document.body.append(video);
  await video.play();
  const reader = new StampReader();
  const stamps: FrameStamp[] = [];
  let frames = 0;
  let size = [0, 0];
  const endMs = performance.now() + options.forMs;
  await new Promise<void>((resolve) => {
    const look = () => {
      frames += 1;
      size = [video.videoWidth, video.videoHeight];
      const stamp = reader.read(video);
      if (stamp) stamps.push(stamp);
      if (performance.now() > endMs) resolve();
      else video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
  });
  video.remove();
  sender.close();
  receiver.close();
  return { frames, stamps, size };
}
