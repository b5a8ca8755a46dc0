namespace Audrey.Agent.Tarballs;

/// <summary>
/// The tarball cannot be unpacked: it is damaged or has a forbidden entry. A full disk is an <see cref="IOException"/> instead.
/// </summary>
internal sealed class TarballException(string message) : Exception(message);
