using Audrey.Agent.Diagnostics;
using Audrey.Agent.Files;

namespace Audrey.Agent.State;

/// <summary>The directory that holds the state of runs and the output of services. Files have mode 0600, directories 0700.</summary>
internal sealed class StateDirectory
{
    private StateDirectory(string path) => Path = path;

    public string Path { get; }

    public string Lock => In("lock");

    /// <summary>The lock of the process that bounds the output of processes that services left running.</summary>
    public string OutputLock => In("output-lock");

    public string Journal => In("journal.json");

    public string Status => In("status.json");

    /// <summary>The file with the secret that replaced the one in the user data.</summary>
    public string Secret => In("secret.json");

    /// <summary>The file that identifies the program that is running.</summary>
    public string Child => In("child");

    /// <summary>The output of services. Each service has a folder.</summary>
    public string Services => In("services");

    /// <summary>The unpacked executables and files. Each service has a folder.</summary>
    public string Files => In("files");

    /// <summary>The file with the digests and names of the unpacked files.</summary>
    public string InstalledFiles => In("files.txt");

    /// <summary>
    /// Puppet's own directories. These directories are kept, because they hold backups of the files that Puppet replaces.
    /// </summary>
    public string Puppet
    {
        get
        {
            AgentFiles.CreateFolder(In("puppet"));
            return In("puppet");
        }
    }

    /// <summary>The directory for files that must not outlive a run.</summary>
    public string Temporary => In("tmp");

    /// <summary>Opens the directory. Creates the directory if it does not exist.</summary>
    /// <exception cref="AgentException">The directory cannot be created, or is used for another purpose.</exception>
    public static StateDirectory Open(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            // A run changes the directory's mode and deletes parts of its contents. This must not happen to a directory that is used for
            // another purpose.
            var isOurs = File.Exists(System.IO.Path.Combine(full, "lock"));
            if (!isOurs && Directory.Exists(full) && Directory.EnumerateFileSystemEntries(full).Any(IsForeign))
                throw new AgentException(
                    AgentExitCode.State,
                    $"{full} holds other files. Use an empty directory as state directory, or one that does not exist yet.");
            AgentFiles.CreateFolder(full);
            AgentFiles.FlushFolder(System.IO.Path.GetDirectoryName(full) ?? full);
            File.SetUnixFileMode(full, AgentFiles.FolderMode);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new AgentException(AgentExitCode.State, $"The state directory {full} cannot be used: {failure.Message}", failure);
        }

        return new StateDirectory(full);
    }

    /// <summary>Returns the directory unchanged, for reading only.</summary>
    public static StateDirectory At(string path) => new(System.IO.Path.GetFullPath(path));

    /// <summary>Returns the folder of a service's output, and creates it if needed. The name must be a valid service name.</summary>
    public string ServiceOutput(string name)
    {
        // The two folders are created individually. A single call for both would set the mode of the inner folder only.
        AgentFiles.CreateFolder(Services);
        var folder = System.IO.Path.Combine(Services, name);
        AgentFiles.CreateFolder(folder);
        return folder;
    }

    /// <summary>
    /// Returns the folder in which a service keeps its own data, and creates it if needed. No run deletes this folder. The name must be a
    /// valid service name.
    /// </summary>
    public string ServiceData(string name)
    {
        AgentFiles.CreateFolder(In("data"));
        var folder = System.IO.Path.Combine(In("data"), name);
        AgentFiles.CreateFolder(folder);
        return folder;
    }

    /// <summary>Creates an empty temporary folder.</summary>
    public string NewTemporary()
    {
        var folder = System.IO.Path.Combine(Temporary, Guid.NewGuid().ToString("n"));
        AgentFiles.CreateFolder(folder);
        return folder;
    }

    /// <summary>Removes the temporary files of an earlier run.</summary>
    public void Clean(IAgentLog log)
    {
        TreeRemoval.Delete(Temporary, log);
        AgentFiles.CreateFolder(Temporary);
    }

    /// <summary>
    /// Removes everything but the lock. Returns whether everything could be removed. The log names what remains because a file system is
    /// mounted there.
    /// </summary>
    public bool RemoveAll(IAgentLog log)
    {
        var complete = true;
        foreach (var entry in Directory.EnumerateFileSystemEntries(Path).Where(entry => entry != Lock && IsForeign(entry)))
            complete &= TreeRemoval.Delete(entry, log);
        AgentFiles.FlushFolder(Path);
        return complete;
    }

    /// <summary>Every new ext4 file system has the directory lost+found.</summary>
    private static bool IsForeign(string path) => System.IO.Path.GetFileName(path) != "lost+found";

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
