package tagged

import (
	"context"
	"fmt"
	"reflect"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Value returns a struct as the value of a schema's type, by the tags of its fields. A nil pointer, slice or map is
// null. It gives what the framework's State.Set would, without checking each attribute's path, which for a list of a
// thousand images takes longer than all else.
func Value(ctx context.Context, object any, as tftypes.Type) (tftypes.Value, error) {
	return valueOf(ctx, reflect.ValueOf(object), as)
}

func valueOf(ctx context.Context, v reflect.Value, as tftypes.Type) (tftypes.Value, error) {
	if known, ok := reflect.TypeAssert[attr.Value](v); ok {
		return known.ToTerraformValue(ctx)
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return tftypes.NewValue(as, nil), nil
		}
		return valueOf(ctx, v.Elem(), as)
	case reflect.Struct:
		return objectOf(ctx, v, as)
	case reflect.Slice:
		return listOf(ctx, v, as)
	case reflect.Map:
		return mapOf(ctx, v, as)
	}
	if err := tftypes.ValidateValue(as, v.Interface()); err != nil {
		return tftypes.Value{}, err
	}
	return tftypes.NewValue(as, v.Interface()), nil
}

// objectOf returns a struct, with the fields of those that it embeds.
func objectOf(ctx context.Context, v reflect.Value, as tftypes.Type) (tftypes.Value, error) {
	object, ok := as.(tftypes.Object)
	if !ok {
		return tftypes.Value{}, fmt.Errorf("%s is no %s", v.Type(), as)
	}
	values := make(map[string]tftypes.Value, len(object.AttributeTypes))
	if err := addFields(ctx, v, object, values); err != nil {
		return tftypes.Value{}, err
	}
	if len(values) != len(object.AttributeTypes) {
		return tftypes.Value{}, fmt.Errorf("%s has %d of the %d attributes of %s", v.Type(), len(values),
			len(object.AttributeTypes), as)
	}
	return tftypes.NewValue(as, values), nil
}

func addFields(ctx context.Context, v reflect.Value, object tftypes.Object, values map[string]tftypes.Value) error {
	for field, value := range v.Fields() {
		if field.Anonymous {
			if value.Kind() == reflect.Pointer {
				value = value.Elem()
			}
			if err := addFields(ctx, value, object, values); err != nil {
				return err
			}
			continue
		}
		name := field.Tag.Get("tfsdk")
		as, ok := object.AttributeTypes[name]
		if !ok {
			return fmt.Errorf("%s has a field %s, and the schema has no attribute %q", v.Type(), field.Name, name)
		}
		attribute, err := valueOf(ctx, value, as)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		values[name] = attribute
	}
	return nil
}

func listOf(ctx context.Context, v reflect.Value, as tftypes.Type) (tftypes.Value, error) {
	var element tftypes.Type
	switch as := as.(type) {
	case tftypes.List:
		element = as.ElementType
	case tftypes.Set:
		element = as.ElementType
	default:
		return tftypes.Value{}, fmt.Errorf("%s is no %s", v.Type(), as)
	}
	if v.IsNil() {
		return tftypes.NewValue(as, nil), nil
	}
	values := make([]tftypes.Value, v.Len())
	for index := range values {
		var err error
		if values[index], err = valueOf(ctx, v.Index(index), element); err != nil {
			return tftypes.Value{}, err
		}
	}
	return tftypes.NewValue(as, values), nil
}

func mapOf(ctx context.Context, v reflect.Value, as tftypes.Type) (tftypes.Value, error) {
	of, ok := as.(tftypes.Map)
	if !ok {
		return tftypes.Value{}, fmt.Errorf("%s is no %s", v.Type(), as)
	}
	if v.IsNil() {
		return tftypes.NewValue(as, nil), nil
	}
	values := make(map[string]tftypes.Value, v.Len())
	for key, value := range v.Seq2() {
		var err error
		if values[key.String()], err = valueOf(ctx, value, of.ElementType); err != nil {
			return tftypes.Value{}, err
		}
	}
	return tftypes.NewValue(as, values), nil
}
