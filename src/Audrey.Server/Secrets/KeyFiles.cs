using System.Xml;
using System.Xml.Linq;
using Audrey.Hosting.Files;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Audrey.Server.Secrets;

/// <summary>
/// Keeps keys as files that only their owner can read. A key is written to disk before any row is encrypted with it, because rows without
/// their key are lost.
/// </summary>
internal sealed class KeyFiles(string directory) : IXmlRepository
{
    /// <summary>Whether the directory has any key.</summary>
    public bool Any => Directory.Exists(directory) && Directory.EnumerateFiles(directory, "key-*.xml").Any();

    /// <summary>Returns whether the directory has a key.</summary>
    public bool Has(Guid key) => File.Exists(PathOf($"key-{key:D}"));

    /// <exception cref="IOException">
    /// The directory or a file in it cannot be read. The message names the path and describes the remedy.
    /// </exception>
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        try
        {
            if (!Directory.Exists(directory)) return [];
            return [.. Directory.EnumerateFiles(directory, "*.xml").Order(StringComparer.Ordinal).Select(Read)];
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new IOException(
                $"The keys in {directory} cannot be read: {denied.Message} "
                + "Give the server's user read access to the directory and its files.",
                denied);
        }
    }

    /// <exception cref="IOException">The key cannot be written. The message names the directory and describes the remedy.</exception>
    public void StoreElement(XElement element, string friendlyName)
    {
        try
        {
            OwnerOnlyFiles.CreateDirectory(directory);
            OwnerOnlyFiles.Create(PathOf(friendlyName), file => element.Save(file));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"A key cannot be written to {directory}: {failure.Message} "
                + "Name a directory that this user can write to with --Audrey:Secrets:KeysDirectory=DIR.",
                failure);
        }
    }

    private static XElement Read(string path)
    {
        OwnerOnlyFiles.Restrict(path);
        try
        {
            return XElement.Load(path);
        }
        catch (XmlException malformed)
        {
            throw new IOException($"{path} is damaged: it is not a key. Restore it from a backup.", malformed);
        }
    }

    private string PathOf(string name) => Path.Combine(directory, name + ".xml");
}
