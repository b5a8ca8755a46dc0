using System.Reflection;
using Audrey.Abstractions;
using Audrey.Abstractions.Operations;
using Audrey.Core.Ids;
using Audrey.Server;
using Orleans;
using Orleans.Metadata;
using Orleans.Runtime;

namespace Audrey.EndToEnd.Tests.ClientPort;

/// <summary>A grain interface, and a grain that a caller could try to reach through it.</summary>
/// <param name="Name">The name in the table.</param>
/// <param name="Type">The interface.</param>
/// <param name="Target">The grain.</param>
/// <param name="Methods">The methods to call.</param>
internal sealed record GrainInterface(string Name, Type Type, GrainId Target, IReadOnlyList<MethodInfo> Methods)
{
    private static readonly Assembly[] Ours = OfServer("Audrey"), OfOrleans = OfServer("Orleans");

    /// <summary>
    /// Returns every interface of ours and of Orleans that can be called remotely. One of ours is called at the grain that implements it.
    /// An extension of Orleans is called at the grain that the conductor may reach. The list of grain types is called at its system target,
    /// and one method of Orleans at each system target.
    /// </summary>
    public static IEnumerable<GrainInterface> All(GrainTypeResolver types, string conductor, SiloAddress silo)
    {
        var own = OperationsOf(conductor);
        var key = silo.ToParsableString();
        foreach (var type in Callable(Ours))
        {
            var grain = Ours.SelectMany(assembly => assembly.GetTypes())
                .FirstOrDefault(one => one is { IsAbstract: false } && one.IsAssignableTo(typeof(Grain)) && one.IsAssignableTo(type));
            var target = type == typeof(IConductorOperations) ? own
                : type.IsAssignableTo(typeof(IGrainObserver)) ? GrainId.Create("sys.client", Guid.NewGuid().ToString("N"))
                : grain is null ? GrainId.Create("sys.svc.user.00000000", key)
                : new GrainId(types.GetGrainType(grain), IdSpan.Create("y:nothing"));
            yield return new(type.Name, type, target, [.. MethodsOf(type)]);
        }

        foreach (var type in Callable(OfOrleans))
        {
            var target = type.Name == "IClusterManifestSystemTarget" ? ManifestOf(silo)
                : type.IsAssignableTo(typeof(IGrainExtension)) ? own
                : type.IsAssignableTo(typeof(ISystemTarget)) ? GrainId.Create("sys.svc.silo-control", key)
                : type.IsAssignableTo(typeof(IGrainObserver)) ? GrainId.Create("sys.client", Guid.NewGuid().ToString("N"))
                : GrainId.Create("management", "0");
            yield return new($"Orleans: {type.Name}", type, target, [.. MethodsOf(type)]);
        }

        var control = OfOrleans.SelectMany(assembly => assembly.GetTypes()).First(type => type.Name == "ISiloControl");
        var constants = typeof(IClusterClient).Assembly.GetType("Orleans.Runtime.Constants", throwOnError: true)!;
        var fields = constants.GetFields(BindingFlags.Public | BindingFlags.Static);
        foreach (var type in fields.Select(field => field.GetValue(null)).OfType<GrainType>())
        {
            if (!type.IsSystemTarget()) continue;
            yield return new(
                $"Orleans: system target {type}", control, new GrainId(type, IdSpan.Create(key)), [MethodsOf(control).First()]);
        }
    }

    /// <summary>Returns the grain that a conductor may reach.</summary>
    public static GrainId OperationsOf(string conductor) => GrainId.Create("operations", GrainKeys.Of(ConductorKey.Parse(conductor)));

    /// <summary>Returns the system target that every client may read.</summary>
    public static GrainId ManifestOf(SiloAddress silo) => GrainId.Create("sys.svc.manifest", silo.ToParsableString());

    /// <summary>Returns the assemblies of a server whose names begin so.</summary>
    private static Assembly[] OfServer(string prefix)
    {
        var found = new Dictionary<string, Assembly>();
        var next = new Stack<Assembly>([typeof(AudreyServer).Assembly]);
        while (next.TryPop(out var assembly))
        {
            if (!found.TryAdd(assembly.GetName().Name!, assembly)) continue;
            foreach (var name in assembly.GetReferencedAssemblies())
                if (name.Name!.StartsWith("Audrey", StringComparison.Ordinal) || name.Name.StartsWith("Orleans", StringComparison.Ordinal))
                    next.Push(Assembly.Load(name));
        }

        return [.. found.Values.Where(one => one.GetName().Name!.StartsWith(prefix, StringComparison.Ordinal))];
    }

    private static IEnumerable<Type> Callable(Assembly[] assemblies) =>
        from assembly in assemblies
        from type in assembly.GetTypes()
        where type.IsInterface && type.IsAssignableTo(typeof(IAddressable))
        where MethodsOf(type).Any() && assembly.GetTypes().Any(proxy => IsProxy(proxy) && proxy.IsAssignableTo(type))
        orderby type.Name, type.FullName
        select type;

    private static bool IsProxy(Type type) => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(GrainReference));

    private static IEnumerable<MethodInfo> MethodsOf(Type type) =>
        from one in type.GetInterfaces().Prepend(type)
        where one.Assembly == type.Assembly
        from method in one.GetMethods()
        where !method.IsStatic
        orderby method.Name
        select method;
}
