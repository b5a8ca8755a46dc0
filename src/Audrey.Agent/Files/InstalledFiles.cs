using System.Text;
using Audrey.Agent.Diagnostics;

namespace Audrey.Agent.Files;

/// <summary>
/// Installs the files of services into their folders. Only a service whose files have another digest is touched. There the new files
/// replace the old ones, and the files that the service itself has created stay.
/// </summary>
/// <param name="root">The folder with a folder for each service.</param>
/// <param name="record">The file with the digests and the names of the installed files.</param>
/// <param name="log">Receives the paths that are left because something is in the way.</param>
internal sealed class InstalledFiles(string root, string record, IAgentLog log)
{
    /// <summary>Installs the folders of a new tree, and removes the files of services that the tree does not have.</summary>
    /// <param name="fresh">The new tree, on the same file system.</param>
    /// <param name="digests">The digest of each folder of the tree.</param>
    /// <exception cref="IOException">Something is in the way of a new file.</exception>
    public void Install(string fresh, IReadOnlyDictionary<string, string> digests)
    {
        AgentFiles.CreateFolder(root);
        var known = Read();
        foreach (var service in known.Keys.Where(service => !digests.ContainsKey(service)).ToArray())
        {
            Remove(service, known[service].Files, []);
            known.Remove(service);
            Write(known);
        }

        foreach (var (service, digest) in digests)
        {
            var folder = Path.Combine(root, service);
            if (known.GetValueOrDefault(service) is { } installed)
            {
                if (installed.Digest == digest && installed.Files.All(file => IsInstalled(folder, file))) continue;
                // The old digest is forgotten first. So the next run repairs an installation that was interrupted.
                known[service] = installed with { Digest = "" };
                Write(known);
            }

            var source = Path.Combine(fresh, service);
            string[] files = [.. FindFiles(source, service)];
            if (known.GetValueOrDefault(service) is { } old) Remove(service, old.Files, files);
            Merge(source, folder, nested: service.Length > 0);
            // The record must not be on disk before the files.
            AgentFiles.FlushFileSystem(root);
            known[service] = new InstalledFolder(digest, files);
            Write(known);
        }
    }

    /// <summary>Returns whether the file exists, or is hidden by a file system that a service has mounted.</summary>
    private bool IsInstalled(string folder, string file) =>
        File.Exists(Path.Combine(folder, file)) || IsMountedOver(Path.GetDirectoryName(Path.Combine(folder, file))!);

    /// <summary>Returns whether a file system is mounted on the folder, or on a folder between the root and this folder.</summary>
    private bool IsMountedOver(string folder)
    {
        while (folder.Length > root.Length && !Directory.Exists(folder)) folder = Path.GetDirectoryName(folder)!;
        return TreeRemoval.FindMount(folder) is not { } mount || mount != TreeRemoval.FindMount(root);
    }

    /// <summary>
    /// Moves the files of a folder into another folder. Files of the same names are replaced. All other files are kept. Nothing is changed
    /// on a file system that a service has mounted.
    /// </summary>
    private void Merge(string from, string to, bool nested)
    {
        if (IsMountedOver(to))
        {
            log.Write($"{to}: a file system is mounted here, so the files of the service are not installed into it");
            return;
        }

        if (!Directory.Exists(to)) Directory.CreateDirectory(to, File.GetUnixFileMode(from));
        foreach (var file in Directory.EnumerateFiles(from))
        {
            var target = Path.Combine(to, Path.GetFileName(file));
            if (Directory.Exists(target) && !TreeRemoval.IsLink(target)) throw InTheWay(target);
            MoveFile(file, target);
        }

        if (!nested) return;
        foreach (var folder in Directory.EnumerateDirectories(from))
        {
            var target = Path.Combine(to, Path.GetFileName(folder));
            if (TreeRemoval.IsLink(target) || File.Exists(target)) throw InTheWay(target);
            Merge(folder, target, nested);
        }
    }

    private void MoveFile(string file, string target)
    {
        try
        {
            // A link is replaced by the file. The link's target is kept.
            File.Move(file, target, overwrite: true);
        }
        catch (IOException failure) when (TreeRemoval.IsMounted(failure))
        {
            log.Write($"{target}: a file is mounted here, so the file of the service is not installed");
        }
    }

    private static IOException InTheWay(string path) => new($"{path} is in the way of a file of the service; move or delete it");

    /// <summary>
    /// Returns the paths of the files, relative to the folder. The folder with the empty name has only the files at the root.
    /// </summary>
    private static IEnumerable<string> FindFiles(string folder, string service) =>
        !Directory.Exists(folder) ? []
        : Directory.EnumerateFiles(folder, "*", service.Length == 0 ? SearchOption.TopDirectoryOnly : SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder, file));

    /// <summary>Removes installed files that are not kept, and the folders that are empty then.</summary>
    private void Remove(string service, IReadOnlyList<string> files, IReadOnlyList<string> kept)
    {
        var folder = Path.Combine(root, service);
        foreach (var file in files.Except(kept))
        {
            var path = Path.Combine(folder, file);
            if (IsBelowLink(folder, file) || IsMountedOver(Path.GetDirectoryName(path)!))
            {
                log.Write($"{path} is behind a link or on a mounted file system, so it is not deleted");
                continue;
            }

            if (File.Exists(path) || TreeRemoval.IsLink(path)) TreeRemoval.Delete(path, log);
            for (var parent = Path.GetDirectoryName(path)!; parent.Length > root.Length; parent = Path.GetDirectoryName(parent)!)
                if (!TryRemoveEmpty(parent))
                    break;
        }
    }

    private bool IsBelowLink(string folder, string file)
    {
        for (var parent = Path.GetDirectoryName(Path.Combine(folder, file))!; parent.Length > root.Length;
            parent = Path.GetDirectoryName(parent)!)
            if (TreeRemoval.IsLink(parent))
                return true;
        return false;
    }

    private static bool TryRemoveEmpty(string folder)
    {
        try
        {
            Directory.Delete(folder);
            return true;
        }
        catch (IOException)
        {
            // The folder is not empty, or a file system is mounted on it.
            return false;
        }
    }

    private Dictionary<string, InstalledFolder> Read()
    {
        var known = new Dictionary<string, InstalledFolder>(StringComparer.Ordinal);
        if (!File.Exists(record)) return known;
        foreach (var line in File.ReadLines(record))
        {
            // No path has a control character. A line has the service, the digest and the files, separated by tabs.
            if (line.Split('\t') is [var service, var digest, .. var files]) known[service] = new InstalledFolder(digest, files);
            else log.Write($"{record} is damaged. Files are installed again.");
        }

        return known;
    }

    private void Write(Dictionary<string, InstalledFolder> known) => AgentFiles.Write(
        record,
        Encoding.UTF8.GetBytes(string.Concat(known.Select(service =>
            $"{service.Key}\t{service.Value.Digest}{string.Concat(service.Value.Files.Select(file => "\t" + file))}\n"))));
}

/// <summary>The installed files of a service.</summary>
/// <param name="Digest">The digest of the files. Empty while the files are replaced.</param>
/// <param name="Files">The paths, relative to the folder of the service.</param>
internal sealed record InstalledFolder(string Digest, IReadOnlyList<string> Files);
