using System.Security.Cryptography;
using System.Xml;
using System.Xml.Linq;
using Audrey.Gateway.Credentials;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Audrey.Server.Secrets;

/// <summary>
/// Keys as files that only their owner may read. A key is on the disk before anything is encrypted with it: rows that outlived their key
/// would be lost.
/// </summary>
internal sealed class KeyFiles(string directory) : IXmlRepository
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Whether the directory has the key.</summary>
    public bool Has(Guid key) => File.Exists(PathOf($"key-{key:D}"));

    /// <exception cref="IOException">The directory or a file of it cannot be read; the message names it and says what to do.</exception>
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        try
        {
            return Directory.Exists(directory) ? [.. Directory.EnumerateFiles(directory, "*.xml").Order(StringComparer.Ordinal).Select(Read)] : [];
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new IOException($"The keys in {directory} cannot be read: {denied.Message} Give the server's user read access to the directory and its files.", denied);
        }
    }

    /// <exception cref="IOException">The key cannot be written; the message names the directory and says what to do.</exception>
    public void StoreElement(XElement element, string friendlyName)
    {
        try
        {
            MakeDirectory();
            Store(element, PathOf(friendlyName));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"A key cannot be written to {directory}: {failure.Message} Name a directory that this user may write with --Audrey:Secrets:KeysDirectory=DIR.", failure);
        }
    }

    private static XElement Read(string path)
    {
        try
        {
            return XElement.Load(path);
        }
        catch (XmlException malformed)
        {
            throw new IOException($"{path} is damaged: it is no key. Restore it from a backup.", malformed);
        }
    }

    private void Store(XElement element, string path)
    {
        var unfinished = $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        try
        {
            var create = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) create.UnixCreateMode = OwnerOnly;
            using (var file = new FileStream(unfinished, create))
            {
                element.Save(file);
                file.Flush(flushToDisk: true);
            }

            File.Move(unfinished, path, overwrite: false);
            DirectoryEntries.Flush(directory);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private void MakeDirectory()
    {
        if (Directory.Exists(directory)) return;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(directory);
        else Directory.CreateDirectory(directory, OwnerOnly | UnixFileMode.UserExecute);
        if (Path.GetDirectoryName(directory) is { Length: > 0 } parent) DirectoryEntries.Flush(parent);
    }

    private string PathOf(string name) => Path.Combine(directory, name + ".xml");
}
