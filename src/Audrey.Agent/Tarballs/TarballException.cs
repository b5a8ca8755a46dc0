namespace Audrey.Agent.Tarballs;

/// <summary>A tarball that is not unpacked: damaged, or with something in it that does not belong there. A full disk is an IOException.</summary>
internal sealed class TarballException(string message) : Exception(message);
