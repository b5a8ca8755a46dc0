using System.Reflection;

namespace Audrey.Architecture.Tests.Surface;

public sealed class ClientSurfaceTests
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly string[] Shown =
    [
        "Audrey.Client",
        "Audrey.Core",
        "Microsoft.Extensions.DependencyInjection.Abstractions",
        "Microsoft.Extensions.Logging.Abstractions",
        "Microsoft.Extensions.Options",
    ];

    [Fact]
    public void The_public_API_of_the_client_exposes_neither_Orleans_nor_grain_contracts() => Rule.Holds(
        "Changes of grains or Orleans must not break conductors, so the client may expose only types of itself, of Core and of .NET:",
        from type in Repository.AssemblyOf("Audrey.Client").GetExportedTypes()
        from seen in SeenIn(type)
        from part in Parts(seen.Type)
        let assembly = part.Assembly.GetName().Name!
        where !Shown.Contains(assembly) && !assembly.StartsWith("System.", StringComparison.Ordinal)
        select $"{type.Name}.{seen.Member} shows {part.FullName} of {assembly}");

    [Fact]
    public void All_public_types_are_in_one_namespace() => Rule.Holds(
        "One using directive must be enough for the whole library. Only extensions of IServiceCollection are in its namespace:",
        from type in Repository.AssemblyOf("Audrey.Client").GetExportedTypes()
        where type.Namespace != (type.Name.EndsWith("ServiceCollectionExtensions", StringComparison.Ordinal)
            ? "Microsoft.Extensions.DependencyInjection"
            : "Audrey.Client")
        select type.FullName);

    [Fact]
    public void Every_exception_of_the_client_is_an_AudreyException() => Rule.Holds(
        "Every failure must derive from one type, so that a conductor can catch this type:",
        from type in Repository.AssemblyOf("Audrey.Client").GetTypes()
        where type.IsAssignableTo(typeof(Exception)) && !type.IsAssignableTo(typeof(Client.AudreyException))
        select type.FullName);

    private static IEnumerable<(string Member, Type Type)> SeenIn(Type type)
    {
        if (type.BaseType is { } parent) yield return ("base", parent);
        foreach (var contract in type.GetInterfaces()) yield return ("interface", contract);
        foreach (var field in type.GetFields(Declared).Where(field => field.IsPublic || field.IsFamily))
            yield return (field.Name, field.FieldType);
        foreach (var method in type.GetMembers(Declared).OfType<MethodBase>().Where(method => method.IsPublic || method.IsFamily))
        {
            if (method is MethodInfo returning) yield return (method.Name, returning.ReturnType);
            foreach (var parameter in method.GetParameters()) yield return (method.Name, parameter.ParameterType);
        }
    }

    /// <summary>
    /// Returns the types that a type is made of: the element type of an array, the definition and the arguments of a generic type, or else
    /// the type itself.
    /// </summary>
    private static IEnumerable<Type> Parts(Type type)
    {
        if (type.HasElementType) return Parts(type.GetElementType()!);
        return type.IsConstructedGenericType
            ? type.GetGenericArguments().SelectMany(Parts).Append(type.GetGenericTypeDefinition())
            : [type];
    }
}
