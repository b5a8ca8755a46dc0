using Audrey.Core.Secrets;
using Audrey.Hosting.Files;

namespace Audrey.EndToEnd.Tests.Support;

/// <summary>Files with the secret of a cluster.</summary>
internal static class SecretFiles
{
    /// <summary>Creates the file unless it exists. Returns its path.</summary>
    public static string Create(string path)
    {
        if (!File.Exists(path)) Write(path, NewSecret.Create());
        return path;
    }

    /// <summary>Creates or replaces the file.</summary>
    public static void Write(string path, params string[] secrets)
    {
        File.Delete(path);
        OwnerOnlyFiles.Create(path, file => file.Write(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', secrets))));
    }
}
