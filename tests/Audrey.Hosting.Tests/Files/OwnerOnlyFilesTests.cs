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
    public void An_existing_file_is_not_changed()
    {
        var path = Path.Combine(_directory.Path, "key");
        OwnerOnlyFiles.Create(path, file => file.Write([1]));

        Assert.Throws<IOException>(() => OwnerOnlyFiles.Create(path, file => file.Write([2])));

        Assert.Equal([1], File.ReadAllBytes(path));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_several_files_one_gets_the_name_also_where_no_file_has_two_names(bool withoutLinks)
    {
        for (var round = 0; round < 20; round++)
        {
            var path = Path.Combine(_directory.Path, $"{withoutLinks} {round}");
            var named = 0;
            await Parallel.ForEachAsync(Enumerable.Range(0, 8), (number, _) =>
            {
                var unfinished = $"{path}.{number}";
                File.WriteAllBytes(unfinished, [(byte)number]);
                try
                {
                    if (withoutLinks) DirectoryEntries.RenameNew(unfinished, path);
                    else DirectoryEntries.Name(unfinished, path);
                    Interlocked.Increment(ref named);
                    Assert.Equal([(byte)number], File.ReadAllBytes(path));
                }
                catch (IOException exists)
                {
                    Assert.Contains("File exists", exists.Message, StringComparison.Ordinal);
                    Assert.True(File.Exists(unfinished));
                }

                return ValueTask.CompletedTask;
            });
            Assert.Equal(1, named);
        }
    }

    [Fact]
    public void A_failed_write_leaves_nothing_behind()
    {
        var path = Path.Combine(_directory.Path, "key");

        Assert.Throws<InvalidDataException>(() => OwnerOnlyFiles.Create(path, _ => throw new InvalidDataException()));

        Assert.Empty(Directory.GetFiles(_directory.Path));
    }

    [Fact]
    public void A_missing_file_is_created_empty_an_existing_one_is_kept_and_only_its_owner_may_read_it()
    {
        var (made, kept) = (Path.Combine(_directory.Path, "made"), Path.Combine(_directory.Path, "kept"));
        File.WriteAllBytes(kept, [1]);
        File.SetUnixFileMode(kept, (UnixFileMode)0b110_100_100);

        OwnerOnlyFiles.Ensure(made);
        OwnerOnlyFiles.Ensure(kept);

        Assert.Empty(File.ReadAllBytes(made));
        Assert.Equal([1], File.ReadAllBytes(kept));
        foreach (var path in new[] { made, kept }) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public void A_read_only_file_stays_read_only_when_it_is_restricted_to_its_owner()
    {
        var path = Path.Combine(_directory.Path, "key");
        File.WriteAllBytes(path, [1]);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.GroupRead);

        OwnerOnlyFiles.Restrict(path);
        OwnerOnlyFiles.Restrict(Path.Combine(_directory.Path, "none"));

        Assert.Equal(UnixFileMode.UserRead, File.GetUnixFileMode(path));
    }

    [Fact]
    public void A_locked_directory_cannot_be_locked_again_until_its_lock_is_released()
    {
        using (var first = DirectoryLock.TryTake(_directory.Path))
        {
            Assert.NotNull(first);
            Assert.Null(DirectoryLock.TryTake(_directory.Path));
        }

        using var next = DirectoryLock.TryTake(_directory.Path);
        Assert.NotNull(next);
    }

    public void Dispose() => _directory.Dispose();
}
