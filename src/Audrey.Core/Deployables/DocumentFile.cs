namespace Audrey.Core.Deployables;

/// <summary>A file to be read. Its content tells what kind of document it is, not its name.</summary>
/// <param name="Path">The path, as findings show it.</param>
/// <param name="Bytes">The content.</param>
public sealed record DocumentFile(string Path, ReadOnlyMemory<byte> Bytes);
