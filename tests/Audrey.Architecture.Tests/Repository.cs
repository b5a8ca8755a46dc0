using System.Reflection;

namespace Audrey.Architecture.Tests;

/// <summary>Reads the assemblies under test and the repository that they were built from.</summary>
internal static class Repository
{
    private static readonly string[] Built = ["bin", "obj", "TestResults"];

    /// <summary>Gets the folder of the repository.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Gets the names of the projects in src.</summary>
    public static IReadOnlyList<string> Products { get; } =
        [.. Directory.GetDirectories(Path.Combine(Root, "src")).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal)];

    /// <summary>
    /// Programs that the tests do not reference. The tests read the source files of these programs, but not their assemblies.
    /// </summary>
    private static readonly string[] Programs = ["Audrey.Agent", "Audrey.Cli"];

    /// <summary>Gets the projects whose assemblies the tests read. These are the libraries and the server.</summary>
    public static IReadOnlyList<string> Assemblies { get; } = [.. Products.Except(Programs)];

    /// <summary>Returns the assembly of a project in src.</summary>
    public static Assembly AssemblyOf(string product) => Assembly.Load(product);

    /// <summary>Returns every type that the given projects declare.</summary>
    public static IEnumerable<Type> TypesOf(params IEnumerable<string> products) =>
        products.SelectMany(product => AssemblyOf(product).GetTypes());

    /// <summary>Returns the text of a file.</summary>
    /// <param name="path">The path relative to the root.</param>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>Returns the source files of a folder, except generated files. Paths are relative to the root.</summary>
    public static IEnumerable<string> SourceFiles(string folder) =>
        from path in Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
        let relative = Path.GetRelativePath(Root, path)
        where !relative.Split(Path.DirectorySeparatorChar).Any(part => Built.Contains(part))
        orderby relative
        select relative;

    /// <summary>Returns the pages in Markdown. Paths are relative to the root.</summary>
    public static IEnumerable<string> Pages() =>
        from path in Directory.EnumerateFiles(Root, "*.md", SearchOption.AllDirectories)
        let relative = Path.GetRelativePath(Root, path)
        where !relative.Split(Path.DirectorySeparatorChar).Any(part => Built.Contains(part) || part == "node_modules" || part[0] == '.')
        orderby relative
        select relative;

    /// <summary>Returns the folders at the root that belong to the repository.</summary>
    public static IEnumerable<string> TopLevelFolders() =>
        from path in Directory.GetDirectories(Root)
        let name = Path.GetFileName(path)
        where name[0] != '.' && !Built.Contains(name) && Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Any()
        select name;

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Audrey.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"No parent folder contains Audrey.sln: {AppContext.BaseDirectory}");
    }
}
