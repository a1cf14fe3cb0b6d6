import type { Shell, UploadFile } from './shell.ts';

interface DirectoryPickerWindow {
  showDirectoryPicker?(options: { mode: 'read' }): Promise<FileSystemDirectoryHandle>;
}

/** In a browser window pages have bytes but no paths: they are streamed to the backend. */
export const browserShell: Shell = {
  chooseFolder: async () => {
    const picker = window as DirectoryPickerWindow;
    if (!picker.showDirectoryPicker) return fromFileList(await askWithInput({ isFolder: true }));
    try {
      const folder = await picker.showDirectoryPicker({ mode: 'read' });
      return { kind: 'upload', label: folder.name, files: filesOfHandle(folder, folder.name) };
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return undefined;
      throw error;
    }
  },

  chooseFiles: async () => fromFileList(await askWithInput({ isFolder: false })),

  dropped: (transfer) => {
    // Entries are valid only until the event has ended, so all of them are taken now.
    const entries = [...transfer.items]
      .filter((item) => item.kind === 'file')
      .map((item) => item.webkitGetAsEntry())
      .filter((entry) => entry !== null);
    const [first] = entries;
    // A file dragged out of another program may have no entry.
    if (!first) return fromFileList([...transfer.files]);
    return { kind: 'upload', label: labelOf(first.name, entries.length), files: filesOfEntries(entries) };
  },

  chooseTargetFolder: undefined,

  keepAwake: () => undefined,
};

async function* filesOfHandle(
  folder: FileSystemDirectoryHandle,
  path: string,
): AsyncGenerator<UploadFile, void> {
  for await (const handle of folder.values()) {
    const name = `${path}/${handle.name}`;
    if (handle.kind === 'directory') {
      yield* filesOfHandle(handle, name);
    } else {
      const file = await handle.getFile();
      yield { name, byteCount: file.size, open: () => Promise.resolve(file) };
    }
  }
}

async function* filesOfEntries(entries: readonly FileSystemEntry[]): AsyncGenerator<UploadFile, void> {
  for (const entry of entries) {
    if (entry.isDirectory) {
      yield* filesOfFolder(entry as FileSystemDirectoryEntry);
    } else {
      const file = await new Promise<File>((resolve, reject) =>
        (entry as FileSystemFileEntry).file(resolve, reject),
      );
      yield {
        name: entry.fullPath.replace(/^\//, ''),
        byteCount: file.size,
        open: () => Promise.resolve(file),
      };
    }
  }
}

/** Chromium hands a folder over in parts of a hundred; an empty part is the end. */
async function* filesOfFolder(folder: FileSystemDirectoryEntry): AsyncGenerator<UploadFile, void> {
  const reader = folder.createReader();
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (part.length === 0) return;
    yield* filesOfEntries(part);
  }
}

function askWithInput({ isFolder }: { isFolder: boolean }): Promise<readonly File[]> {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.webkitdirectory = isFolder;
  return new Promise((resolve) => {
    input.addEventListener('change', () => resolve([...(input.files ?? [])]), { once: true });
    input.addEventListener('cancel', () => resolve([]), { once: true });
    input.click();
  });
}

function fromFileList(files: readonly File[]) {
  const [first] = files;
  if (!first) return undefined;
  const folder = first.webkitRelativePath.split('/')[0] ?? '';
  return {
    kind: 'upload' as const,
    label: folder === '' ? labelOf(first.name, files.length) : folder,
    files: filesOfList(files),
  };
}

async function* filesOfList(files: readonly File[]): AsyncGenerator<UploadFile, void> {
  for (const file of files) {
    const name = file.webkitRelativePath === '' ? file.name : file.webkitRelativePath;
    yield { name, byteCount: file.size, open: () => Promise.resolve(file) };
  }
}

function labelOf(firstName: string, count: number): string {
  return count === 1 ? firstName : `${firstName} + ${count - 1}`;
}
