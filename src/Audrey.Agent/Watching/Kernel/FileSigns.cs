using System.Buffers.Binary;
using System.Text;

namespace Audrey.Agent.Watching.Kernel;

/// <summary>Tells of changes of files and folders, and of starts of programs, by inotify.</summary>
/// <param name="onFull">Called with the reason if the kernel refuses to watch something. It is then seen at the interval only.</param>
internal sealed class FileSigns(Action<string> onFull) : IDisposable
{
    private const int MaxWatches = 1024, HeaderBytes = 16;

    /// <summary>The events of a folder and its entries: written, attributes, closed, moved, created, deleted, the folder itself.</summary>
    private const uint FolderEvents = 0x2 | 0x4 | 0x8 | 0x40 | 0x80 | 0x100 | 0x200 | 0x400 | 0x800;

    private const uint Opened = 0x20, OnlyFolder = 0x1000000, Overflow = 0x4000, Gone = 0x8000;

    private readonly Lock _lock = new();
    private readonly Dictionary<SignInbox, HashSet<Followed>> _followed = [];
    private readonly int _descriptor = NativeCalls.OpenInotify();

    /// <summary>The descriptor that is readable when there are events. Negative if the kernel gives none.</summary>
    public int Descriptor => _descriptor;

    /// <summary>
    /// Follows these files, folders and programs for the inbox, and nothing else. Returns whether there is a file or folder in a place that
    /// was not followed before.
    /// </summary>
    public bool Follow(SignInbox inbox, IEnumerable<string> paths, IEnumerable<string> programs)
    {
        if (_descriptor < 0) return false;
        lock (_lock)
        {
            var followed = new HashSet<Followed>();
            foreach (var path in paths) AddPath(path, followed);
            foreach (var program in programs) AddWatch(program, Opened, null, followed);
            var earlier = _followed.GetValueOrDefault(inbox, []);
            _followed[inbox] = followed;
            foreach (var watch in earlier.Select(one => one.Watch).Distinct())
                if (!_followed.Values.Any(others => others.Any(one => one.Watch == watch)))
                    NativeCalls.RemoveWatch(_descriptor, watch);
            return !followed.IsSubsetOf(earlier);
        }
    }

    /// <summary>Puts the events of the kernel into the inboxes.</summary>
    public void Read(byte[] buffer)
    {
        for (int length; (length = NativeCalls.Read(_descriptor, buffer)) > 0;)
            lock (_lock)
                for (ReadOnlySpan<byte> events = buffer.AsSpan(0, length); events.Length >= HeaderBytes;)
                {
                    var nameBytes = BinaryPrimitives.ReadInt32LittleEndian(events[12..]);
                    Tell(
                        BinaryPrimitives.ReadInt32LittleEndian(events),
                        BinaryPrimitives.ReadUInt32LittleEndian(events[4..]),
                        Encoding.UTF8.GetString(events.Slice(HeaderBytes, nameBytes).TrimEnd((byte)0)));
                    events = events[(HeaderBytes + nameBytes)..];
                }
    }

    public void Dispose() => NativeCalls.Close(_descriptor);

    private void Tell(int watch, uint events, string name)
    {
        foreach (var (inbox, followed) in _followed)
        {
            if ((events & Overflow) != 0) inbox.Add(Sign.Change);
            else if ((events & Opened) != 0 && followed.Contains(new Followed(watch, null))) inbox.Add(Sign.Glance);
            else if (followed.Any(one => one.Watch == watch && (name.Length == 0 || one.Name is null || one.Name == name)))
                inbox.Add(Sign.Change);
        }

        // The kernel has removed this watch, because the folder is gone. A folder with the same path is a new one.
        if ((events & Gone) != 0)
            foreach (var followed in _followed.Values)
                followed.RemoveWhere(one => one.Watch == watch);
    }

    /// <summary>
    /// Follows the path in the nearest folder that exists, the entries of the path if it is a folder, and the place that a link points to.
    /// </summary>
    private void AddPath(string path, HashSet<Followed> followed)
    {
        var (folder, name) = (Path.GetDirectoryName(path) ?? "/", Path.GetFileName(path));
        while (!Directory.Exists(folder)) (folder, name) = (Path.GetDirectoryName(folder) ?? "/", Path.GetFileName(folder));
        AddWatch(folder, FolderEvents | OnlyFolder, name, followed);
        if (Directory.Exists(path)) AddWatch(path, FolderEvents | OnlyFolder, null, followed);
        else if (FindTarget(path) is { } target && Path.GetDirectoryName(target) is { } parent && Directory.Exists(parent))
            AddWatch(parent, FolderEvents | OnlyFolder, Path.GetFileName(target), followed);
    }

    private static string? FindTarget(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName;
        }
        catch (IOException)
        {
            // The link points to itself, or the file has just disappeared.
            return null;
        }
    }

    private void AddWatch(string path, uint events, string? name, HashSet<Followed> followed)
    {
        if (followed.Count >= MaxWatches)
        {
            onFull($"there are more than {MaxWatches} files and folders");
            return;
        }

        var watch = NativeCalls.AddWatch(_descriptor, path, events);
        if (watch >= 0) followed.Add(new Followed(watch, name));
        else if (System.Runtime.InteropServices.Marshal.GetLastPInvokeError() == NativeCalls.NoSpace) onFull(NativeCalls.LastError);
    }

    /// <summary>An entry of a folder, or the folder or program itself if the name is null.</summary>
    private readonly record struct Followed(int Watch, string? Name);
}
