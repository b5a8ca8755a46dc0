using System.Collections;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using Audrey.Architecture.Tests.Contracts;
using Orleans.Runtime;

namespace Audrey.Architecture.Tests.Golden;

/// <summary>Creates a sample object of a contract with every member set. The sample is the same in each run.</summary>
internal static class SampleMaker
{
    private static readonly DateTimeOffset Time = new(2026, 3, 1, 12, 30, 45, TimeSpan.FromHours(2));

    /// <summary>Returns a sample object of the given type.</summary>
    public static object Make(Type type)
    {
        var sample = RuntimeHelpers.GetUninitializedObject(type);
        foreach (var (field, name, id) in Serializable.MembersOf(type))
            field.SetValue(sample, Value(field.FieldType, name, (int)(id ?? 0) + 7));
        return sample;
    }

    private static object Value(Type type, string name, int number)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying) return Value(underlying, name, number);
        if (type.IsEnum) return Enum.GetValues(type).Cast<object>().Last();
        if (Serializable.Types.Contains(type)) return Make(type);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>)) return TwoOf(type, name, number);
        return Type.GetTypeCode(type) switch
        {
            TypeCode.String => name,
            TypeCode.Boolean => true,
            TypeCode.Byte or TypeCode.Int16 or TypeCode.Int32 or TypeCode.Int64 or TypeCode.UInt16 or TypeCode.UInt32 or TypeCode.UInt64
                or TypeCode.Double =>
                Convert.ChangeType(number, type, null),
            _ when type == typeof(byte[]) => Encoding.UTF8.GetBytes(name),
            _ when type == typeof(DateTimeOffset) => Time.AddSeconds(number),
            _ when type == typeof(GrainId) => GrainId.Create("type", name),
            _ when type == typeof(TimeSpan) => TimeSpan.FromSeconds(number),
            _ => throw new NotSupportedException($"There is no sample of {type}, the type of the member {name}. Add one here."),
        };
    }

    private static object TwoOf(Type array, string name, int number)
    {
        var element = array.GetGenericArguments()[0];
        var elements = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(element))!;
        elements.Add(Value(element, name, number));
        elements.Add(Value(element, name, number + 1));
        var create = typeof(ImmutableArray).GetMethods().Single(method =>
            method is { Name: nameof(ImmutableArray.CreateRange), IsGenericMethodDefinition: true } && method.GetParameters().Length == 1);
        return create.MakeGenericMethod(element).Invoke(null, [elements])!;
    }
}
