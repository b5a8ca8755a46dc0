using System.Reflection;

namespace Audrey.Architecture.Tests;

/// <summary>The repository that the tests were built from, and its assemblies.</summary>
internal static class Repository
{
    private static readonly string[] Built = ["bin", "obj", "TestResults"];

    /// <summary>Its folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Names of the projects in src.</summary>
    public static IReadOnlyList<string> Products { get; } =
        [.. Directory.GetDirectories(Path.Combine(Root, "src")).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal)];

    /// <summary>Programs that nothing references; their project files are looked into, their assemblies are not.</summary>
    private static readonly string[] Programs = ["Audrey.Agent", "Audrey.Cli"];

    /// <summary>Those whose assemblies are looked into: the libraries and the server.</summary>
    public static IReadOnlyList<string> Assemblies { get; } = [.. Products.Except(Programs)];

    /// <summary>The assembly of a project in src.</summary>
    public static Assembly AssemblyOf(string product) => Assembly.Load(product);

    /// <summary>Every type that this project declares.</summary>
    public static IEnumerable<Type> TypesOf(params IEnumerable<string> products) =>
        products.SelectMany(product => AssemblyOf(product).GetTypes());

    /// <summary>The text of a file, by its path from the root.</summary>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>Source files, as paths from the root; never what a build made.</summary>
    public static IEnumerable<string> SourceFiles(string folder) =>
        from path in Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
        let relative = Path.GetRelativePath(Root, path)
        where !relative.Split(Path.DirectorySeparatorChar).Any(part => Built.Contains(part))
        orderby relative
        select relative;

    /// <summary>Folders at the top that are kept in the repository.</summary>
    public static IEnumerable<string> TopLevelFolders() =>
        from path in Directory.GetDirectories(Root)
        let name = Path.GetFileName(path)
        where name[0] != '.' && !Built.Contains(name) && Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Any()
        select name;

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Audrey.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"No Audrey.sln is above {AppContext.BaseDirectory}");
    }
}
