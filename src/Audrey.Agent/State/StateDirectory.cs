using Audrey.Agent.Commands;

namespace Audrey.Agent.State;

/// <summary>Where a run keeps what it must remember and what its services wrote: files 0600 in directories 0700.</summary>
internal sealed class StateDirectory
{
    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnersFolder = OwnersFile | UnixFileMode.UserExecute;

    private StateDirectory(string path) => Path = path;

    public string Path { get; }

    public string Lock => In("lock");

    public string Journal => In("journal.json");

    public string Status => In("status.json");

    /// <summary>The program that runs at present.</summary>
    public string Child => In("child");

    /// <summary>The unpacked executables and files, a folder for each service.</summary>
    public string Files => In("files");

    /// <summary>Puppet's own directories. They hold copies of the files it replaces, so they stay.</summary>
    public string Puppet
    {
        get
        {
            Directory.CreateDirectory(In("puppet"), OwnersFolder);
            return In("puppet");
        }
    }

    /// <summary>For what must not outlive a run.</summary>
    public string Temporary => In("tmp");

    /// <summary>Opens the directory, and makes it if it is not there.</summary>
    /// <exception cref="AgentException">It cannot be made, or others may write to it.</exception>
    public static StateDirectory Open(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            // Its mode is changed and its content deleted: that must not happen to a directory of somebody else.
            if (Directory.Exists(full) && !File.Exists(System.IO.Path.Combine(full, "lock")) && Directory.EnumerateFileSystemEntries(full).Any())
                throw new AgentException(ExitCode.State, $"{full} holds other things: name an empty directory, or one that is not there yet, as state directory.");
            Directory.CreateDirectory(full, OwnersFolder);
            File.SetUnixFileMode(full, OwnersFolder);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new AgentException(ExitCode.State, $"The state directory {full} cannot be used: {failure.Message}", failure);
        }

        return new StateDirectory(full);
    }

    /// <summary>The directory as it is, for who only looks.</summary>
    public static StateDirectory At(string path) => new(System.IO.Path.GetFullPath(path));

    /// <summary>The folder of a service's output. The name must be a service's.</summary>
    public string Service(string name)
    {
        // Each by itself: the mode is that of the last folder only.
        Directory.CreateDirectory(In("services"), OwnersFolder);
        var folder = System.IO.Path.Combine(In("services"), name);
        Directory.CreateDirectory(folder, OwnersFolder);
        return folder;
    }

    /// <summary>A new folder, empty and the owner's alone.</summary>
    public string NewTemporary()
    {
        var folder = System.IO.Path.Combine(Temporary, Guid.NewGuid().ToString("n"));
        Directory.CreateDirectory(folder, OwnersFolder);
        return folder;
    }

    /// <summary>Removes what an earlier run may have left behind.</summary>
    public void Clean()
    {
        if (Directory.Exists(Temporary)) Directory.Delete(Temporary, recursive: true);
        Directory.CreateDirectory(Temporary, OwnersFolder);
    }

    /// <summary>Replaces a file in one step: after a crash there is the old one or the new one, whole.</summary>
    public static void Write(string path, ReadOnlySpan<byte> contents)
    {
        var next = path + ".new";
        File.Delete(next);
        using (var file = new FileStream(next, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnersFile }))
        {
            file.Write(contents);
            file.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
