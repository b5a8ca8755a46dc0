using System.Runtime.Versioning;
using Audrey.Hosting.Files;
using Audrey.Testing;

namespace Audrey.Hosting.Tests.Files;

[UnsupportedOSPlatform("windows")]
public sealed class OwnerOnlyFilesTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    [Fact]
    public void Only_the_owner_may_read_a_file_and_enter_its_directory()
    {
        var directory = Path.Combine(_directory.Path, "keys");
        var path = Path.Combine(directory, "key");

        OwnerOnlyFiles.CreateDirectory(directory);
        OwnerOnlyFiles.Create(path, file => file.Write([1, 2]));

        Assert.Equal([1, 2], File.ReadAllBytes(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(directory));
    }

    [Fact]
    public void A_file_that_exists_stays_as_it_is()
    {
        var path = Path.Combine(_directory.Path, "key");
        OwnerOnlyFiles.Create(path, file => file.Write([1]));

        Assert.Throws<IOException>(() => OwnerOnlyFiles.Create(path, file => file.Write([2])));

        Assert.Equal([1], File.ReadAllBytes(path));
    }

    [Fact]
    public void A_failed_write_leaves_nothing_behind()
    {
        var path = Path.Combine(_directory.Path, "key");

        Assert.Throws<InvalidDataException>(() => OwnerOnlyFiles.Create(path, _ => throw new InvalidDataException()));

        Assert.Empty(Directory.GetFiles(_directory.Path));
    }

    public void Dispose() => _directory.Dispose();
}
